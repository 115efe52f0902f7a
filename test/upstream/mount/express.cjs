// Required before Express's own suite: each application has the adapter in front of its first middleware.
const { join } = require('node:path')
const { hangup, options } = require('./adapter.cjs')

const application = require(join(process.cwd(), 'lib/application.js'))
const { init } = application

application.init = function initWithUs() {
  init.call(this)
  // Not now: the settings of a router are those of the moment when it is first used.
  const { get } = Object.getOwnPropertyDescriptor(this, 'router')
  let isMounted = false
  Object.defineProperty(this, 'router', {
    configurable: true,
    enumerable: true,
    get() {
      const router = get.call(this)
      if (!isMounted) {
        isMounted = true
        this.use(hangup(options))
      }
      return router
    },
  })
}

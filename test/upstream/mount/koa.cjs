// Required before Koa's own suite: each application has the adapter in front of its middlewares.
const { join } = require('node:path')
const { hangup, options } = require('./adapter.cjs')

const { prototype } = require(join(process.cwd(), 'lib/application.js'))
const { callback } = prototype

prototype.callback = function callbackWithUs() {
  this.middleware.unshift(hangup(options))
  return callback.call(this)
}

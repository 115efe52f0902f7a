// Required before Fastify's own suite: each application has the adapter before anything else is added to it.
const { join } = require('node:path')
const { hangup, options } = require('./adapter.cjs')

const path = require.resolve(join(process.cwd(), 'fastify.js'))
const original = require(path)

function fastify(given) {
  const app = original(given)
  // What `await app.register(hangup, options)` does, at once: the suite adds routes in the same turn.
  hangup(app, options)
  return app
}
require.cache[path].exports = Object.assign(fastify, original, { fastify, default: fastify })

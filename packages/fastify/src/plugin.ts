import { createMount, type HangupOptions } from '@hangup/core'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { rootOf, takeOverAppClose } from './app-close.ts'
import { bindingsOf } from './bindings.ts'
import { completeRequest } from './complete-request.ts'
import { decorateExchange, routeOf } from './decorate-exchange.ts'
import { followHandler } from './follow-handler.ts'
import { noteError } from './note-error.ts'
import { takeOverPreClose } from './pre-close.ts'

/** What `register` adds to a plugin's options, or takes from them. */
const FASTIFY_OPTIONS = new Set(['prefix', 'logLevel', 'logSerializers'])

/**
 * Register it before your routes and other plugins. `app.close()` and the signals drain: Fastify's own
 * `preClose` hooks run at the start, its `onClose` hooks at the end; `app.hangup` is the handle. Checks every
 * option; rejects with what names the option, the value and the remedy. Registered again, it changes nothing.
 */
export const hangup = fastifyPlugin(plugin, { fastify: '5.x', name: '@hangup/fastify' })

async function plugin(app: FastifyInstance, options: HangupOptions): Promise<void> {
  if (app.hasDecorator('hangup')) return
  const root = rootOf(app)
  const close = takeOverAppClose(
    root,
    () => handle.drain('app.close()'),
    () => mount.isCleanup(),
  )
  const prepare = takeOverPreClose(root)
  const mount = createMount(ownOptions(app, options), {
    routeOf,
    prepare,
    close,
    cutShort: completeRequest,
  })
  const { hangup: handle, usher } = mount

  app.decorate('hangup', handle)
  decorateExchange(app)
  mount.follow(app.server, true)

  app.addHook('onRequest', (request, reply, done) => {
    const exchange = usher.admit(request.raw, reply.raw)
    if (exchange === undefined) {
      reply.hijack()
      return
    }
    exchange.native = request
    usher.run(exchange, done)
  })
  app.addHook('onError', (request, reply, error, done) => {
    noteError(usher, request, reply, error)
    done()
  })
  app.addHook('onRoute', (route) => followHandler(app, route, usher))
  app.addHook('onListen', (done) => {
    for (const server of bindingsOf(root)) mount.follow(server, true)
    mount.handleSignals()
    done()
  })
}

function ownOptions(app: FastifyInstance, options: HangupOptions): HangupOptions {
  const own = Object.entries(options).filter(([name]) => !FASTIFY_OPTIONS.has(name))
  return { logger: app.log, ...Object.fromEntries(own) }
}

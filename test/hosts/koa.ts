import { text } from 'node:stream/consumers'
import { hangup } from '@hangup/koa'
import Koa from 'koa'
import { createErrorLog } from './error-log.ts'
import type { Host } from './host.ts'
import { loggedOptions } from './options.ts'
import { running } from './running.ts'
import * as transport from './transport.ts'

function koaHost(name: string, over: transport.Transport<transport.AnyListener>): Host {
  const host: Host = {
    name,
    framework: 'koa',
    speaks: over.speaks,
    tls: over.tls,
    cannot: {},
    async start(routes, { options, attach = true, mounted = 'first' } = {}) {
      const errors = createErrorLog()
      const given = loggedOptions(errors, options)
      const hang = hangup(given)

      const app = new Koa()
      app.on('error', (error) => errors.add('framework', error))
      if (mounted === 'after-body-parser') app.use(parseText)
      if (mounted === 'after-answer') app.use(answer)
      app.use(hang)
      if (mounted === 'twice') app.use(hang).use(hangup(given))
      if (mounted !== 'after-body-parser') app.use(parseText)

      app.use(async (ctx, next) => {
        const handler = routes[ctx.path]
        if (handler === undefined) return next()
        await handler({
          req: ctx.req,
          res: ctx.res,
          get exchange() {
            return ctx.exchange
          },
          get signal() {
            return ctx.signal
          },
          body: async () => ctx.state.body ?? text(ctx.req),
          send(status, body, headers = {}) {
            ctx.status = status
            ctx.set(headers)
            ctx.body = body ?? ''
          },
          stream(body, headers = {}) {
            ctx.set(headers)
            ctx.body = body
          },
          health: () => hang.health(ctx.req, ctx.res),
          raw() {
            ctx.respond = false
            return ctx.res
          },
        })
      })

      const server = await over.createServer(app.callback())
      await transport.listen(server)
      if (attach) hang.attach(server)
      return running({ host, hang, server, errors, close: () => transport.closeServer(server) })
    },
  }
  return host
}

/** What a body parser does: reads a `text/plain` body before the handler runs. */
const parseText: Koa.Middleware = async (ctx, next) => {
  // `ctx.is` wants a length or an encoding, and HTTP/2 has neither.
  if (ctx.get('content-type') === 'text/plain') ctx.state.body = await text(ctx.req)
  await next()
}

const answer: Koa.Middleware = async (ctx, next) => {
  ctx.respond = false
  ctx.res.end('answered before')
  await next()
}

export const koaHttp = koaHost('koa', transport.overHttp)
export const koaHttps = koaHost('koa-https', transport.overHttps)
export const koaHttp2 = koaHost('koa-http2', transport.overHttp2)

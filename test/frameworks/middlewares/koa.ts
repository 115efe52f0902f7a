import { createReadStream } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { hangup } from '@hangup/koa'
import { bodyParser } from '@koa/bodyparser'
import cors from '@koa/cors'
import etag from '@koa/etag'
import { renderFile } from 'ejs'
import Koa from 'koa'
import compress from 'koa-compress'
import conditional from 'koa-conditional-get'
import send from 'koa-send'
import session from 'koa-session'
import serve from 'koa-static'
import {
  files,
  large,
  lines,
  origin,
  refusal,
  secret,
  template,
  text,
  title,
  withSession,
} from './content.ts'
import { pinoTo } from './pino.ts'
import { raw } from './raw.ts'
import { options, type Start, transports } from './start.ts'
import { streamView } from './views.ts'

export const startKoa: Start = async ({ speaks, isMounted, log }) => {
  const app = new Koa()
  app.keys = [secret]
  app.silent = true
  const hang = isMounted ? hangup(options) : undefined
  if (hang !== undefined) app.use(hang)
  const pino = pinoTo(log)
  app.use(async (ctx, next) => {
    pino(ctx.req, ctx.res)
    await next()
    log(`${ctx.method} ${ctx.url} ${ctx.status}\n`)
  })
  app.use(cors({ origin, credentials: true }))
  app.use(compress({ threshold: 1024 }))
  app.use(conditional()).use(etag())
  app.use(bodyParser({ jsonLimit: '1kb' }))
  app.use(session({ maxAge: 'session' }, app))
  const serveFiles = serve(files, { maxage: 1000 })
  app.use((ctx, next) => {
    if (!ctx.path.startsWith('/static/')) return next()
    ctx.path = ctx.path.slice('/static'.length)
    return serveFiles(ctx, next)
  })

  const routes: Record<string, (ctx: Koa.Context) => unknown> = {
    '/text': (ctx) => (ctx.body = text),
    '/json': (ctx) => (ctx.body = { text }),
    '/empty': (ctx) => (ctx.status = 204),
    '/reset': (ctx) => (ctx.status = 205),
    '/redirect': (ctx) => ctx.redirect('/text'),
    '/large': (ctx) => (ctx.body = text.repeat(10_000)),
    '/file'(ctx) {
      ctx.type = 'text'
      ctx.body = createReadStream(large)
    },
    '/download'(ctx) {
      ctx.attachment('large "1".txt')
      ctx.body = createReadStream(large)
    },
    '/stream'(ctx) {
      ctx.type = 'text'
      ctx.body = Readable.from(lines(5))
    },
    '/long-stream'(ctx) {
      ctx.type = 'text'
      ctx.body = Readable.from(lines(3_000))
    },
    '/sent': (ctx) => send(ctx, 'page.html', { root: files }),
    async '/view'(ctx) {
      ctx.body = await renderFile(template, { title })
    },
    async '/streamed-view'(ctx) {
      const view = await streamView()
      ctx.type = 'html'
      ctx.body = view.pipe(new PassThrough())
    },
    '/cookies'(ctx) {
      ctx.cookies.set('a', '1', { signed: false })
      ctx.cookies.set('b', '2', { signed: true })
      ctx.body = {
        got: ctx.cookies.get('a') ?? '',
        signed: ctx.cookies.get('b', { signed: true }) ?? '',
      }
    },
    [withSession](ctx) {
      if (ctx.session === null) return
      ctx.session.count = (ctx.session.count ?? 0) + 1
      ctx.body = `visit ${ctx.session.count}`
    },
    '/echo': (ctx) => (ctx.body = ctx.request.body),
    '/refused': (ctx) => ctx.throw(refusal.status, 'not you', refusal),
    '/fails'() {
      throw new Error('on purpose')
    },
  }
  app.use(async (ctx) => {
    const send = raw[ctx.path]
    if (send !== undefined) {
      ctx.respond = false
      return send(ctx.res)
    }
    await routes[ctx.path]?.(ctx)
  })

  const server = await transports[speaks].createServer(app.callback())
  hang?.attach(server)
  return { server, stop: () => hang?.drain() }
}

import http from 'node:http'
import { hangup } from '@hangup/koa'
import { bodyParser } from '@koa/bodyparser'
import Koa, { type Context } from 'koa'
import { LARGE, largeFile, longStream, pageStream, spacedBody, writeSpacedWhole } from './bodies.ts'
import { isWithUs, measure, options, touch } from './measured.ts'

const app = new Koa()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)

const parse = bodyParser()
const bodies: Record<string, (ctx: Context) => unknown> = {
  '/': () => 'hello\n',
  '/spaced': spacedBody,
  '/page': pageStream,
  '/large': () => LARGE,
  '/stream': longStream,
  '/file': largeFile,
  '/hold': () => new Promise(() => {}),
}

app.use(async (ctx, next) => {
  touch(ctx)
  if (ctx.path === '/json') {
    await parse(ctx, next)
    ctx.body = ctx.request.body
  } else if (ctx.path === '/raw-spaced') {
    ctx.status = 200
    ctx.type = 'text/plain'
    await writeSpacedWhole(ctx.res)
  } else {
    ctx.type = 'text/plain'
    ctx.body = await bodies[ctx.path]?.(ctx)
  }
})

const server = http.createServer(app.callback())
hang?.attach(server)
measure(server)

import http from 'node:http'
import { hangup } from '@hangup/koa'
import Koa from 'koa'
import { isTouched, isWithUs, measure, options, touch } from './measured.ts'
import { pageStream } from './page.ts'

const app = new Koa()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)

if (isTouched) {
  app.use(async (ctx, next) => {
    touch(ctx.signal)
    await next()
  })
}

app.use(async (ctx) => {
  ctx.type = 'text/plain'
  ctx.body = ctx.path === '/page' ? pageStream() : 'hello\n'
})

const server = http.createServer(app.callback())
hang?.attach(server)
measure(server)

import { text } from 'node:stream/consumers'
import { hangup } from '@hangup/koa'
import Koa from 'koa'
import { createServer } from './create-server.ts'
import { host, isWithUs, options, port, tellListening } from './given.ts'
import { streamOf, takeOrder, wait } from './work.ts'

const app = new Koa()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)
else app.silent = true

app.use(async (ctx) => {
  if (ctx.path === '/readyz') ctx.body = 'ready'
  else if (ctx.path === '/order') ctx.body = await takeOrder(await text(ctx.req))
  else if (ctx.path === '/wait') ctx.body = await wait(ctx.url, ctx.signal)
  else ctx.body = streamOf(ctx.url)
})

const server = createServer(app.callback()).listen(port, host, tellListening)
if (hang !== undefined) hang.attach(server)
else process.on('SIGTERM', () => server.close())

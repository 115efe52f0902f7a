import { buffer } from 'node:stream/consumers'
import { hangup } from '@hangup/koa'
import Koa from 'koa'
import { isWithUs, options, port, work } from './service.ts'

const app = new Koa()
const hang = isWithUs ? hangup(options) : undefined
if (hang !== undefined) app.use(hang)

app.use(async (ctx) => {
  if (ctx.path === '/upload') {
    await buffer(ctx.req)
    ctx.body = 'taken\n'
  } else ctx.body = await work(isWithUs ? ctx.signal : undefined)
})

const server = app.listen(port, '127.0.0.1')
if (hang !== undefined) hang.attach(server)
else process.on('SIGTERM', () => server.close())

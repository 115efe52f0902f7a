import { text } from 'node:stream/consumers'
import { hangup } from '@hangup/koa'
import Koa from 'koa'
import { download, jobOf, nativeSignal, runJob } from './job.ts'
import { isWithUs, logger, tellPort } from './tell.ts'

const app = new Koa()
const hang = isWithUs ? hangup({ logger }) : undefined
if (hang !== undefined) app.use(hang)

app.use(async (ctx, next) => {
  if (ctx.is('text/plain')) await text(ctx.req)
  await next()
})

app.use(async (ctx) => {
  const signal = hang === undefined ? nativeSignal(ctx.req) : ctx.signal
  if (ctx.path === '/download') ctx.body = download
  else if (ctx.path === '/upload') ctx.body = await runJob(jobOf(ctx.url), signal, ctx.req)
  else ctx.body = await runJob(jobOf(ctx.url), signal)
})

const server = app.listen(0, '127.0.0.1', () => tellPort(server))
if (hang !== undefined) hang.attach(server)
else process.on('SIGTERM', () => server.close())

// A search that asks another server, and stops asking when its own client leaves.
//   npx tsx docs/examples/koa.ts, then in another shell:
//   curl -m 1 'http://127.0.0.1:3000/?q=tea&ms=60000'    leaves after a second, and the upstream hears of it
import http from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { hangup } from '@hangup/koa'
import Koa from 'koa'

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

// Stands for a slow service somewhere else.
const upstream = http.createServer((req, res) => {
  const { searchParams } = new URL(req.url ?? '/', 'http://upstream')
  console.log('upstream: asked')
  const timer = setTimeout(
    () => res.end(`found ${searchParams.get('q')}\n`),
    Number(searchParams.get('ms')),
  )
  res.on('close', () => {
    clearTimeout(timer)
    console.log(res.writableFinished ? 'upstream: answered' : 'upstream: cancelled')
  })
})
upstream.listen(0, '127.0.0.1')

const hang = hangup({ deadlineMs: 60_000 })
hang.onClose('upstream', () => new Promise((closed) => upstream.close(closed))) // after the last response

const app = new Koa()
app.use(hang) // before everything else
app.use(async (ctx) => {
  const reply = await fetch(`${urlOf(upstream)}/${ctx.search}`, { signal: ctx.signal })
  ctx.body = await reply.text()
})

const server = hang.attach(app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1'))
server.on('listening', () => console.log(urlOf(server)))

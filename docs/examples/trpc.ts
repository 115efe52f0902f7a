// tRPC on bare Node: a procedure is given up when its client leaves.
//   npx tsx docs/examples/trpc.ts, then in another shell:
//   curl -m 1 'http://127.0.0.1:3000/report?input=60000'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHangup } from '@hangup/core'
import { initTRPC } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'

const trpc = initTRPC.context<{ signal: AbortSignal }>().create()
const router = trpc.router({
  report: trpc.procedure.input(Number).query(({ input, ctx: { signal } }) => {
    console.log('begun')
    signal.addEventListener('abort', () => console.log('cancelled'))
    return sleep(input, 'a report', { signal })
  }),
})

const hang = createHangup()
hang.onClose('database', () => console.log('closed'))

const handler = createHTTPHandler({
  router,
  createContext: ({ req, res }) => ({ signal: hang.begin(req, res).signal }),
})
const server = http.createServer(hang.handler(handler))
hang.attach(server).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

// Workers that are replaced one by one, while nobody notices.
//   npx tsx docs/examples/cluster.ts, then in another shell, with the process id that it says:
//   while curl -d item=tea http://127.0.0.1:3000/; do sleep 0.1; done    goes on and on
//   kill -HUP 12345                                                     replaces the workers
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'

const WORKERS = 2

if (cluster.isPrimary) {
  const addresses = await Promise.all(Array.from({ length: WORKERS }, start))
  console.log(`http://127.0.0.1:${addresses[0]?.port}`)
  console.log(`kill -HUP ${process.pid}`)

  let replacing = Promise.resolve()
  process.on('SIGHUP', () => {
    replacing = replacing.then(replaceAll)
  })
  // Ctrl-C reaches the workers by itself too: it is the same drain.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => cluster.disconnect())
  cluster.on('exit', (worker) => {
    if (!worker.exitedAfterDisconnect) void start()
  })
} else {
  const hang = createHangup()
  const server = http.createServer(
    hang.handler(async (req, res) => {
      res.end(`${process.pid} has ${await text(req)}\n`)
    }),
  )
  hang.attach(server).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
}

async function start(): Promise<AddressInfo> {
  const [address] = await once(cluster.fork(), 'listening')
  return address
}

/** The next one first, then the old one: its `disconnect` closes the server, and so drains it. */
async function replace(old: Worker): Promise<void> {
  await start()
  old.disconnect()
  await once(old, 'exit')
}

async function replaceAll(): Promise<void> {
  for (const old of Object.values(cluster.workers ?? {})) if (old) await replace(old)
  console.log('replaced')
}

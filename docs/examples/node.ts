// A count by a child process, killed when its client leaves; a stream of events that ends when a drain begins.
//   npx tsx docs/examples/node.ts, then in another shell:
//   curl -m 1 http://127.0.0.1:3000/primes/1000000000    leaves after a second, and the child goes too
//   curl -N http://127.0.0.1:3000/time                   then end the server with Ctrl-C
import { execFile } from 'node:child_process'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createHangup } from '@hangup/core'

const COUNT = `let n = 0, d
  for (let i = 2; i <= process.argv[1]; i++) { for (d = 2; d * d <= i && i % d; d++); n += d * d > i }
  console.log(n)`
const run = promisify(execFile)
const hang = createHangup()

const server = http.createServer(
  hang.handler(async (req, res) => {
    const [, what, max = '100'] = req.url?.split('/') ?? []
    if (what === 'primes') {
      const count = run(process.execPath, ['-e', COUNT, max], { signal: req.signal })
      console.log(`child ${count.child.pid} started`)
      res.end((await count).stdout)
    } else if (what === 'time') {
      res.setHeader('content-type', 'text/event-stream') // never held back
      while (!hang.drainSignal.aborted) {
        res.write(`data: ${new Date().toISOString()}\n\n`)
        await sleep(1_000, undefined, { signal: req.signal })
      }
      res.end()
    } else res.writeHead(404).end('try /primes/1000\n')
  }),
)

hang.attach(server).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

// A count by a child process, killed when its client leaves; an order, saved whatever its client does.
//   npx tsx docs/examples/express.ts, then in another shell:
//   curl -m 1 http://127.0.0.1:3000/primes/1000000000    leaves after a second, and the child goes too
//   curl -d item=tea http://127.0.0.1:3000/orders
import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { hangup } from '@hangup/express'
import express from 'express'

const COUNT = `let n = 0, d
  for (let i = 2; i <= process.argv[1]; i++) { for (d = 2; d * d <= i && i % d; d++); n += d * d > i }
  console.log(n)`
const run = promisify(execFile)
const orders = await open(`${tmpdir()}/hangup-orders.log`, 'a')

const hang = hangup()
hang.onClose('orders', () => orders.close()) // once the last response is out

const app = express()
app.use(hang, express.urlencoded()) // before everything else

app.get('/primes/:max', async ({ params, signal }, res) => {
  const count = run(process.execPath, ['-e', COUNT, params.max], { signal })
  console.log(`child ${count.child.pid} started`)
  res.json({ primes: Number((await count).stdout) })
})

app.post('/orders', async (req, res) => {
  await req.exchange.shield(() => orders.appendFile(`${JSON.stringify(req.body)}\n`))
  res.status(201).json(req.body)
})

const server = hang.attach(app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1'))
server.on('listening', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

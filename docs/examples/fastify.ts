// A count by a child process, killed when its client leaves: in a POST, where Fastify's own signal is wrong.
//   npx tsx docs/examples/fastify.ts, then in another shell:
//   curl -m 1 --json '{"max":1000000000}' http://127.0.0.1:3000/primes
import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { hangup } from '@hangup/fastify'
import { fastify } from 'fastify'

const COUNT = `let n = 0, d
  for (let i = 2; i <= process.argv[1]; i++) { for (d = 2; d * d <= i && i % d; d++); n += d * d > i }
  console.log(n)`
const run = promisify(execFile)
const results = await open(`${tmpdir()}/hangup-primes.log`, 'a')

const app = fastify({ logger: true })
await app.register(hangup, { drain: { graceMs: 10_000 } }) // before the routes
app.hangup.onClose('results', () => results.close()) // before Fastify's own onClose hooks

const body = { type: 'object', required: ['max'], properties: { max: { type: 'integer' } } }
app.post<{ Body: { max: number } }>('/primes', { schema: { body } }, async (request) => {
  const { log, signal, exchange } = request
  const count = run(process.execPath, ['-e', COUNT, String(request.body.max)], { signal })
  log.info({ child: count.child.pid }, 'child started')
  const primes = Number((await count).stdout)
  exchange.waitUntil(results.appendFile(`${primes}\n`), 'results') // the drain waits, the client need not
  return { primes }
})

console.log(await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' }))

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { createHangup, type DrainReport, type Logger } from '@hangup/core'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import winston from 'winston'
import { winstonFormat, winstonLogger } from '../../docs/examples/winston-logger.ts'
import { connectHttp1 } from '../conformance/client.ts'
import { waitFor } from '../support/wait-for.ts'

const PINO_LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }

interface Line {
  readonly level: string | number
  readonly msg?: string
  readonly message?: string
  readonly err?: unknown
  readonly drain?: Partial<DrainReport>
}

const loggers: Record<string, (sink: Writable) => Logger> = {
  pino: (sink) => pino({ level: 'debug' }, sink),
  winston: (sink) =>
    winstonLogger(
      winston.createLogger({
        level: 'debug',
        format: winstonFormat,
        transports: [new winston.transports.Stream({ stream: sink })],
      }),
    ),
}

for (const [name, create] of Object.entries(loggers)) {
  describe(name, () => {
    it('gets one debug line of an abort, one info line a phase, and a warning of what was lost', async () => {
      const lines: Line[] = []
      const sink = new Writable({
        write(chunk, _encoding, done) {
          for (const line of String(chunk).trim().split('\n')) lines.push(JSON.parse(line))
          done()
        },
      })
      const drain = { graceMs: 10, abortMs: 10 }
      const hang = createHangup({ signals: false, drain, logger: create(sink) })
      const server = createServer(
        hang.handler((req) => {
          if (req.url === '/fails') throw new Error('no table')
          return new Promise(() => {})
        }),
      )
      hang.attach(server).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo

      await fetch(`http://127.0.0.1:${port}/fails`)
      const leaver = await connectHttp1({ port, tls: false })
      leaver.request({ path: '/left' })
      await waitFor('the request', once(server, 'request'))
      leaver.reset()
      const hasAborted = () => lines.some(({ level }) => level === 'debug' || level === 20)
      await waitFor('the line of the abort', until(hasAborted))
      await hang.drain('a test')

      const said = lines.map(({ level, msg, message }) => {
        const word = typeof level === 'number' ? PINO_LEVELS[level] : level
        return `${word}: ${msg ?? message}`
      })
      // What a drain still waits for comes once a second.
      expect(said.filter((line) => !line.endsWith('in flight'))).toEqual([
        'error: GET /fails failed',
        'debug: request aborted',
        'info: drain: unready',
        'info: drain: accept',
        'info: drain: finish',
        'info: drain: abort',
        'info: drain: destroy',
        'info: drain: cleanup',
        'info: drain: closed',
        'warn: drain: something was lost',
      ])
      expect(lines.at(-1)?.drain?.requests?.lost).toMatchObject([{ method: 'GET', url: '/left' }])
      expect(JSON.stringify(lines[0]?.err)).toContain('no table')
    })
  })
}

async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await new Promise((resolve) => setTimeout(resolve, 5))
}

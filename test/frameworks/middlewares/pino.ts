import type { IncomingMessage, ServerResponse } from 'node:http'
import { pinoHttp } from 'pino-http'

/** pino-http with what it says of a request, and not when, or by which process. */
export function pinoTo(log: (line: string) => void) {
  return pinoHttp<IncomingMessage, ServerResponse>(
    {},
    {
      write(line: string) {
        const { level, req, res, msg } = JSON.parse(line)
        log(`${level} ${req.method} ${req.url} ${res.statusCode} ${msg}\n`)
      },
    },
  )
}

import http from 'node:http'
import type { Tally } from './tally.ts'

/** A big answer to a slow reader: the handler is through with it long before the client is. */
export interface Download {
  /** Resolves once its first bytes have come. From then on nothing is read. */
  readonly begun: Promise<void>
  /** Reads the rest and counts whether it came whole. */
  finish(): Promise<void>
}

export function startDownload(port: number, tally: Tally): Download {
  const begun = new Promise<http.IncomingMessage>((resolve, reject) => {
    const url = `http://127.0.0.1:${port}/download`
    const req = http.get(url, { agent: false }, (res) => {
      res.on('error', () => {})
      resolve(res)
    })
    req.on('error', reject)
  })
  return {
    begun: begun.then(() => {}),
    async finish() {
      const res = await begun
      let bytes = 0
      try {
        for await (const chunk of res) bytes += chunk.length
      } catch {
        // What came is counted below.
      }
      if (bytes === Number(res.headers['content-length'])) tally.answered()
      else tally.lose(`a download cut at ${Math.round(bytes / 2 ** 20)} MiB`)
    },
  }
}

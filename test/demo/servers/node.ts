import http from 'node:http'
import { text } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'
import { download, jobOf, nativeSignal, runJob } from './job.ts'
import { isWithUs, logger, tellPort } from './tell.ts'

async function serve(
  req: http.IncomingMessage,
  res: http.ServerResponse,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (req.url?.startsWith('/download')) {
    res.end(download)
    return
  }
  const isUpload = req.url?.startsWith('/upload')
  if (!isUpload) await text(req)
  res.end(await runJob(jobOf(req.url), signal, isUpload ? req : undefined))
}

/** What a server of bare Node has to do for itself. */
async function serveAlone(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
  try {
    await serve(req, res, nativeSignal(req))
  } catch (error) {
    console.error(error)
    res.statusCode = 500
    res.end()
  }
}

function createServer(): http.Server {
  if (!isWithUs) {
    const server = http.createServer(serveAlone)
    process.on('SIGTERM', () => server.close())
    return server
  }
  const hang = createHangup({ logger })
  const listener = hang.handler<http.IncomingMessage, http.ServerResponse>((req, res) =>
    serve(req, res, req.signal),
  )
  return hang.attach(http.createServer(listener))
}

const server = createServer()
server.listen(0, '127.0.0.1', () => tellPort(server))

import http2 from 'node:http2'
import { buffer } from 'node:stream/consumers'
import { createHangup } from '@hangup/core'
import { certificate } from '../../hosts/certificate.ts'
import { download, options, port, work } from './service.ts'

// HTTP/1 and HTTP/2 on one port, with us.
const hang = createHangup(options)
const handler = hang.handler<http2.Http2ServerRequest, http2.Http2ServerResponse>(
  async (req, res) => {
    if (req.method === 'POST') await buffer(req)
    res.end(req.url === '/download' ? download : await work(req.signal))
  },
)
const server = http2.createSecureServer({ ...(await certificate()), allowHTTP1: true }, handler)
hang.attach(server).listen(port, '127.0.0.1')

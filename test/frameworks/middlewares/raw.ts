import type { RawResponse } from '../../hosts/host.ts'

/** What is sent by Node's own response, alike in all frameworks. */
export const raw: Readonly<Record<string, (res: RawResponse) => void>> = {
  '/raw'(res) {
    Reflect.apply(res.writeHead, res, [200, 'Fine', ['X-One', '1', 'X-Two', 'a', 'x-two', 'b']])
    res.write('first, ')
    res.end('last')
  },
  '/trailers'(res) {
    res.writeHead(200, { trailer: 'x-sum' })
    res.write('one')
    res.addTrailers({ 'x-sum': '3' })
    res.end('two')
  },
  '/hints'(res) {
    res.writeEarlyHints({ link: '</page.css>; rel=preload; as=style' })
    res.writeHead(200, { 'content-length': 6 })
    res.write('one')
    res.end('two')
  },
}

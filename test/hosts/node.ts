import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createHangup, type Request, type Response } from '@hangup/core'
import { createErrorLog } from './error-log.ts'
import { type Host, pathOf } from './host.ts'
import { loggedOptions } from './options.ts'
import { running } from './running.ts'
import * as transport from './transport.ts'

function nodeHost(name: string, over: transport.Transport<transport.AnyListener>): Host {
  const host: Host = {
    name,
    framework: 'node',
    speaks: over.speaks,
    tls: over.tls,
    cannot: {},
    async start(routes, { options, attach = true, mounted = 'first' } = {}) {
      const errors = createErrorLog()
      const given = loggedOptions(errors, options)
      const hang = createHangup(given)

      const route = hang.handler<Request, Response>((req, res) => {
        const handler = routes[pathOf(req.url)]
        if (handler === undefined) {
          res.writeHead(404)
          res.end()
          return
        }
        const body = parsed.get(req)
        return handler({
          req,
          res,
          get exchange() {
            return req.exchange
          },
          get signal() {
            return req.signal
          },
          body: async () => body ?? text(req),
          send(status, body, headers = {}) {
            res.writeHead(status, headers)
            if (body === undefined) res.end()
            else res.end(body)
          },
          stream(body, headers = {}) {
            res.writeHead(200, headers)
            return pipeline(body, res)
          },
          health: () => hang.health(req, res),
          raw: () => res,
        })
      })

      const parsed = new WeakMap<object, string>()
      const listeners = {
        first: route,
        twice: createHangup(given).handler<Request, Response>(route),
        'after-body-parser': async (...[req, res]: Parameters<transport.AnyListener>) => {
          parsed.set(req, await text(req))
          route(req, res)
        },
        'after-answer': (...[req, res]: Parameters<transport.AnyListener>) => {
          res.end('answered before')
          route(req, res)
        },
      }
      const server = await over.createServer(listeners[mounted])
      if (attach) hang.attach(server)
      await transport.listen(server)
      return running({ host, hang, server, errors, close: () => transport.closeServer(server) })
    },
  }
  return host
}

export const nodeHttp = nodeHost('node-http', transport.overHttp)
export const nodeHttps = nodeHost('node-https', transport.overHttps)
export const nodeHttp2 = nodeHost('node-http2', transport.overHttp2)
export const nodeHttp2Secure = nodeHost('node-http2-secure', transport.overHttp2Secure)
export const nodeHttp1OnHttp2 = nodeHost('node-http1-on-http2', transport.overHttp1OnHttp2)

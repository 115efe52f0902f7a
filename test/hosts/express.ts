import { text } from 'node:stream/consumers'
import { hangup } from '@hangup/express'
import express from 'express'
import { createErrorLog } from './error-log.ts'
import type { Host } from './host.ts'
import { loggedOptions } from './options.ts'
import { running } from './running.ts'
import * as transport from './transport.ts'

function expressHost(name: string, over: transport.Transport<transport.Http1Listener>): Host {
  const host: Host = {
    name,
    framework: 'express',
    speaks: over.speaks,
    tls: over.tls,
    cannot: {},
    async start(routes, { options, attach = true, mounted = 'first' } = {}) {
      const errors = createErrorLog()
      const given = loggedOptions(errors, options)
      const hang = hangup(given)

      const app = express()
      app.set('env', 'production') // In 'test', Express logs no errors.
      if (mounted === 'after-body-parser') app.use(express.text({ type: '*/*' }))
      if (mounted === 'after-answer') {
        app.use((_, res, next) => {
          res.end('answered before')
          next()
        })
      }
      app.use(hang)
      if (mounted === 'twice') app.use(hang, hangup(given))
      app.use(express.text())

      for (const [path, handler] of Object.entries(routes)) {
        app.all(path, (req, res, next) =>
          handler({
            req,
            res,
            get exchange() {
              return req.exchange
            },
            get signal() {
              return req.signal
            },
            body: async () => (typeof req.body === 'string' ? req.body : text(req)),
            send: (status, body, headers = {}) => void res.status(status).set(headers).send(body),
            stream(body, headers = {}) {
              res.set(headers)
              body.on('error', next).pipe(res)
            },
            health: () => hang.health(req, res),
            raw: () => res,
          }),
        )
      }

      const server = await over.createServer(app)
      await transport.listen(server)
      if (attach) hang.attach(server)
      return running({ host, hang, server, errors, close: () => transport.closeServer(server) })
    },
  }
  return host
}

export const expressHttp = expressHost('express', transport.overHttp)
export const expressHttps = expressHost('express-https', transport.overHttps)

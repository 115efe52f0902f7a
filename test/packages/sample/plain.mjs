// A user's ES module, run against the packed packages.
import assert from 'node:assert/strict'
import http from 'node:http'
import { createRequire } from 'node:module'
import { createHangup } from '@hangup/core'
import expressDefault, { hangup as expressHangup } from '@hangup/express'
import fastifyDefault, { hangup as fastifyHangup } from '@hangup/fastify'
import koaDefault, { hangup as koaHangup } from '@hangup/koa'
import { instrument } from '@hangup/opentelemetry'
import { collectMetrics } from '@hangup/prometheus'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'
import { register } from 'prom-client'

assert.equal(expressDefault, expressHangup)
assert.equal(koaDefault, koaHangup)
assert.equal(fastifyDefault, fastifyHangup)

const bare = createHangup({ signals: false })
collectMetrics(bare)
instrument(bare)
await visit(bare, http.createServer(bare.handler((req, res) => res.end(kind(req.signal)))))

assert.match(await register.metrics(), /^hangup_exchanges_total\{outcome="flushed".*\} 1$/m)

const expressHang = expressHangup({ signals: false })
const expressApp = express()
expressApp.use(expressHang)
expressApp.get('/', (req, res) => res.send(kind(req.signal)))
await visit(expressHang, http.createServer(expressApp))

const koaHang = koaHangup({ signals: false })
const koaApp = new Koa()
koaApp.use(koaHang)
koaApp.use((ctx) => {
  ctx.body = kind(ctx.signal)
})
await visit(koaHang, http.createServer(koaApp.callback()))

const fastifyApp = fastify()
await fastifyApp.register(fastifyHangup, { signals: false })
fastifyApp.get('/', (request) => kind(request.signal))
assert.equal(await text(await fastifyApp.listen({ port: 0 })), 'AbortSignal')
await fastifyApp.close()
assert.equal(fastifyApp.hangup.state, 'closed')

// The CommonJS copy is another one, in the same process: an error is known by its code, not its class.
const other = createRequire(import.meta.url)('@hangup/core')
assert.notEqual(other.createHangup, createHangup)

console.log('all four served and drained')

async function visit(hang, server) {
  hang.attach(server)
  await new Promise((resolve) => server.listen(0, resolve))
  assert.equal(await text(`http://127.0.0.1:${server.address().port}/`), 'AbortSignal')
  const report = await hang.drain('sample')
  assert.equal(report.clean, true)
  assert.equal(hang.state, 'closed')
}

async function text(url) {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return response.text()
}

function kind(value) {
  return value.constructor.name
}

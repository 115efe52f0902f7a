// A user's CommonJS program, run against the packed packages.
const assert = require('node:assert/strict')
const http = require('node:http')
const { createHangup } = require('@hangup/core')
const express = require('express')
const { fastify } = require('fastify')
const Koa = require('koa')

for (const name of ['express', 'koa', 'fastify']) {
  const adapter = require(`@hangup/${name}`)
  assert.equal(typeof adapter.hangup, 'function', name)
  assert.equal(adapter.default, adapter.hangup, name)
}

async function main() {
  const bare = createHangup({ signals: false })
  require('@hangup/prometheus').collectMetrics(bare)
  require('@hangup/opentelemetry').instrument(bare)
  await visit(bare, http.createServer(bare.handler((req, res) => res.end(kind(req.signal)))))

  const expressHang = require('@hangup/express').hangup({ signals: false })
  const expressApp = express()
  expressApp.use(expressHang)
  expressApp.get('/', (req, res) => res.send(kind(req.signal)))
  await visit(expressHang, http.createServer(expressApp))

  const koaHang = require('@hangup/koa').hangup({ signals: false })
  const koaApp = new Koa()
  koaApp.use(koaHang)
  koaApp.use((ctx) => {
    ctx.body = kind(ctx.signal)
  })
  await visit(koaHang, http.createServer(koaApp.callback()))

  const fastifyApp = fastify()
  await fastifyApp.register(require('@hangup/fastify'), { signals: false })
  fastifyApp.get('/', (request) => kind(request.signal))
  assert.equal(await text(await fastifyApp.listen({ port: 0 })), 'AbortSignal')
  await fastifyApp.close()
  assert.equal(fastifyApp.hangup.state, 'closed')

  console.log('all four served and drained')
}

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

main()

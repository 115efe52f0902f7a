// A user's TypeScript that becomes CommonJS: compiled against the packed packages, not run.
import { createHangup, type Hangup } from '@hangup/core'
import { hangup as expressHangup } from '@hangup/express'
import { hangup as fastifyHangup } from '@hangup/fastify'

import koaPackage = require('@hangup/koa')
import express = require('express')

import { fastify } from 'fastify'

import Koa = require('koa')

const bare: Hangup = createHangup()
const app = express()
app.use(expressHangup())
app.get('/', (req, res) => {
  res.json(req.signal.aborted)
})
new Koa().use(koaPackage.hangup()).use((ctx) => {
  ctx.body = ctx.signal.aborted
})
const plugged = fastify()
plugged.register(fastifyHangup)
plugged.get('/', (request) => request.signal.aborted)
plugged.addHook('onReady', () => plugged.hangup.attach(plugged.server))
new Koa().use(koaPackage.default())
bare.drain()

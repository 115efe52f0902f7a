import { createRequire } from 'node:module'
import { hangup } from '@hangup/express'
import type express from 'express'
import supertest from 'supertest'
import { expect, it } from 'vitest'

const express4: typeof express = createRequire(import.meta.url)('express4')

it('says at the first request of an Express 4 which one it is for', async () => {
  const app = express4()
  const seen: unknown[] = []
  app.use(hangup({ signals: false }))
  app.get('/', (_req, res) => void res.send('never'))
  app.use(((error, _req, res, _next) => {
    seen.push(error)
    res.status(500).send('own page')
  }) satisfies express.ErrorRequestHandler)

  const { status, text } = await supertest(app).get('/')
  expect({ status, text }).toEqual({ status: 500, text: 'own page' })
  expect(seen).toEqual([
    new Error('@hangup/express is for Express 5, and this is an older one: install express@5'),
  ])
})

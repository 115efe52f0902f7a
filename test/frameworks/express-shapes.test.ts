import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { hangup } from '@hangup/express'
import express, { type Request, type Response } from 'express'
import { expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'

setFlagsFromString('--allow-natives-syntax')
const haveSameShape: (one: object, other: object) => boolean = runInThisContext(
  '(one, other) => %HaveSameMap(one, other)',
)

/** Decision 013: V8 finds in its caches what it knows of the last request. Nothing else shows that it does not. */
it('P1 requests and responses of Express have one hidden class', async () => {
  const hang = hangup({ signals: false, drain: { idleGraceMs: 0 } })
  const app = express()
  const handled: [Request, Response][] = []
  const ended: Promise<unknown>[] = []
  app.use(hang)
  app.get('/', (req, res) => {
    handled.push([req, res])
    ended.push(once(req, 'end'))
    res.send('hello')
  })
  const server = hang.attach(app.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (let sent = 0; sent < 4; sent++) await (await fetch(`http://127.0.0.1:${port}/`)).text()
  await waitFor('the requests to end', Promise.all(ended))
  await hang.drain()

  // The first shows what Express's router adds.
  const [, [req, res] = [], ...later] = handled
  for (const [nextReq, nextRes] of later) {
    expect(haveSameShape(Object(nextReq), Object(req))).toBe(true)
    expect(haveSameShape(Object(nextRes), Object(res))).toBe(true)
  }
  expect(later).toHaveLength(2)
})

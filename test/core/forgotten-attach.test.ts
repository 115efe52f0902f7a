import type { HangupOptions } from '@hangup/core'
import { afterEach, expect, it } from 'vitest'
import { connectHttp1 } from '../conformance/client.ts'
import { connectHttp2 } from '../conformance/h2-client.ts'
import { expressHttp } from '../hosts/express.ts'
import { fastifyHttp } from '../hosts/fastify.ts'
import type { Call, Host, RunningHost, Setup } from '../hosts/host.ts'
import { koaHttp, koaHttp2 } from '../hosts/koa.ts'
import { nodeHttp, nodeHttp2, nodeHttp2Secure, nodeHttps } from '../hosts/node.ts'
import { pause } from '../support/pause.ts'
import { waitFor } from '../support/wait-for.ts'

/** Longer than a server may take to be attached, or to be closed again. */
const TIME_TO_WARN_MS = 1_500

const WARNING =
  'no server is attached: call hang.attach(server), or SIGUSR2, server.close() will not drain'

const sites: RunningHost[] = []
afterEach(async () => {
  for (const site of sites.splice(0).reverse()) await site.stop()
})

/** A site with what its logger was warned of, and a way to ask it. */
async function open(host: Host, { options, ...setup }: Setup = {}) {
  const warnings: string[] = []
  const silent = () => {}
  const warn = (_: object, message: string) => warnings.push(message)
  const logger = { debug: silent, info: silent, warn, error: silent }
  const given: HangupOptions = { logger, signals: ['SIGUSR2'], ...options }
  const routes = { '/': (call: Call) => call.send(200, 'served') }
  const site = await host.start(routes, { ...setup, options: given })
  sites.push(site)
  const target = { port: site.port, tls: host.tls }
  const peer = await (host.speaks === 'h2' ? connectHttp2(target) : connectHttp1(target))
  const ask = async () => {
    expect(await waitFor('a reply', peer.request().reply)).toMatchObject({ status: 200 })
  }
  return { ...site, warnings, ask }
}

it('D12 warns once where a server serves and was never attached', async () => {
  const hosts = [nodeHttp, nodeHttps, nodeHttp2, nodeHttp2Secure, expressHttp, koaHttp, koaHttp2]
  const served = []
  for (const host of hosts) served.push(await open(host, { attach: false }))
  for (let round = 0; round < 2; round++) {
    for (const { ask } of served) await ask()
    await pause(TIME_TO_WARN_MS)
  }
  for (const { host, warnings } of served)
    expect({ name: host.name, warnings }).toEqual({ name: host.name, warnings: [WARNING] })
})

it('D12 warns of no server that is attached, early or late, or closed soon, nor under signals: false', async () => {
  const attached = await open(nodeHttp)
  const fastify = await open(fastifyHttp)
  const late = await open(nodeHttp, { attach: false })
  const closed = await open(nodeHttp, { attach: false })
  const drained = await open(nodeHttp, { attach: false })
  const deaf = await open(nodeHttp, { attach: false, options: { signals: false } })
  const all = { attached, fastify, late, closed, drained, deaf }
  for (const { ask } of Object.values(all)) await ask()
  late.hang.attach(late.server)
  void closed.close()
  const report = await drained.hang.drain()
  await pause(TIME_TO_WARN_MS)
  expect(report.connections).toEqual({ idle: 0, finished: 0, destroyed: 0 })
  for (const [name, { warnings }] of Object.entries(all)) {
    const told = warnings.filter((message) => message === WARNING)
    expect({ name, told }).toEqual({ name, told: [] })
  }
})

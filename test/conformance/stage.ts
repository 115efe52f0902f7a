import { afterEach, expect, it } from 'vitest'
import type { Host, Routes, RunningHost, Setup } from '../hosts/host.ts'
import { waitFor } from '../support/wait-for.ts'
import { connectHttp1, type Http1Client } from './client.ts'
import { connectHttp2, type Http2Client } from './h2-client.ts'
import { connectFrames, type FrameClient, type FrameOptions } from './h2-frames.ts'
import type { Peer } from './peer.ts'

/** A running host with clients for it. */
export interface Site extends RunningHost {
  /** A client of the host's protocol. */
  connect(): Promise<Peer>
  connectHttp1(): Promise<Http1Client>
  connectHttp2(): Promise<Http2Client>
  connectFrames(options?: FrameOptions): Promise<FrameClient>
}

type Client = Pick<Peer, 'reset' | 'closed'>

export interface Stage {
  start(routes: Routes, setup?: Setup): Promise<Site>
  /** A row that this host may be unable to run: then it is listed with the reason. */
  row(name: string, run: () => Promise<void>, timeoutMs?: number): void
}

/**
 * What a family of rows needs of a host. When a row is over, its clients and hosts are stopped, and
 * it fails if anything was logged as an error that it did not `take`.
 */
export function createStage(host: Host): Stage {
  const sites: Site[] = []
  const peers = new Set<Client>()

  afterEach(async () => {
    for (const peer of peers) peer.reset()
    const stopping = sites.splice(0)
    for (const site of stopping) await waitFor('the host to stop', site.stop(), 10_000)
    expect(stopping.flatMap((site) => site.errors.take())).toEqual([])
  })

  const keep = async <Kind extends Client>(connecting: Promise<Kind>) => {
    const peer = await connecting
    peers.add(peer)
    void peer.closed.then(() => peers.delete(peer))
    return peer
  }

  return {
    async start(routes, setup) {
      const running = await host.start(routes, setup)
      const target = { port: running.port, tls: host.tls }
      const site: Site = {
        ...running,
        connect: () => (host.speaks === 'h2' ? site.connectHttp2() : site.connectHttp1()),
        connectHttp1: () => keep(connectHttp1(target)),
        connectHttp2: () => keep(connectHttp2(target)),
        connectFrames: (options) => keep(connectFrames(target, options)),
      }
      sites.push(site)
      return site
    },
    row(name, run, timeoutMs) {
      const reason = whyNot(host, name)
      if (reason === undefined) it(name, run, timeoutMs)
      else it.skip(`${name} (${host.name} cannot: ${reason})`, run)
    },
  }
}

const excused = new Set<string>()

function whyNot({ cannot }: Host, name: string): string | undefined {
  const [promise = ''] = name.split(' ')
  const key = name in cannot ? name : promise
  if (key in cannot) excused.add(key)
  return cannot[key]
}

/** What a host says it cannot do although no row asks for it: a name that is misspelt or gone. */
export function idleExcuses({ cannot }: Host): string[] {
  return Object.keys(cannot).filter((key) => !excused.has(key))
}

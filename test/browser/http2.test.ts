import type { HangupOptions } from '@hangup/core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { createStage } from '../conformance/stage.ts'
import type { Handler, Routes } from '../hosts/host.ts'
import { nodeHttp2Secure } from '../hosts/node.ts'
import { createLatch } from '../support/latch.ts'
import { pause } from '../support/pause.ts'
import { createRelay, type Relay } from '../support/relay.ts'
import { waitFor } from '../support/wait-for.ts'
import { launchChromium } from './browser.ts'

const WINDOWS = 2
const TABS = 3 // In each window; they share its session.
const LOOPS = 6 // In each tab.
const BEFORE = 300
const DURING = 100
/**
 * What Chromium says of a request that had chosen a session just before a GOAWAY came for that: it sends it
 * nowhere (`TryCreateStream` in net/spdy/spdy_session.cc, STATE_GOING_AWAY).
 */
const NEVER_SENT = 'net::ERR_FAILED'
/** So that what is sent crosses the GOAWAY. */
const ROUND_TRIP_MS = 20
const drain = { idleGraceMs: 1_000, graceMs: 20_000 }

let browser: Browser
const windows = new Set<BrowserContext>()
const relays = new Set<Relay>()

beforeAll(async () => {
  browser = await launchChromium(['--ignore-certificate-errors'])
})

afterEach(async () => {
  for (const window of windows) await window.close()
  for (const relay of relays) relay.close()
  windows.clear()
  relays.clear()
})

afterAll(() => browser?.close())

/** D6 for browsers: tabs that go on asking while the server drains. */
describe('Chromium and HTTP/2', () => {
  const { start, row } = createStage(nodeHttp2Secure)

  for (const http2 of ['goaway', 'two-step'] satisfies HangupOptions['http2'][]) {
    row(
      `D6 answers all that it took in of its tabs, and lets them go: ${http2}`,
      async () => {
        const service = createService()
        const site = await start(service.routes, { options: { http2, drain } })
        const tabs = await openTabs(site.url)
        const downloading = service.downloading(tabs.length)
        const downloads = Promise.all(tabs.map(({ download }) => download()))
        await waitFor('the downloads to begin', downloading, 10_000)
        await waitFor('the tabs to be busy', service.enough(BEFORE), 30_000)
        const drained = site.hang.drain()
        await pause(300)
        service.finishDownloads()
        const report = await waitFor('the drain', drained, 25_000)
        const lengths = await waitFor('the downloads', downloads, 10_000)
        const asked = await waitFor('the tabs', stopAll(tabs), 10_000)

        const answered = asked.filter(({ status }) => status === 200)
        const failed = asked.filter(({ status }) => status !== 200)
        console.info(`Chromium, ${http2}:`, {
          ran: service.ran.length,
          answered: answered.length,
          failed: tally(failed.map(({ error }) => error)),
          network: tally(tabs.flatMap(({ failures }) => failures)),
        })
        expect(lengths).toEqual(tabs.map(() => DOWNLOAD_BYTES))
        expect(ids(answered)).toEqual(service.ran.toSorted())
        expect(new Set(service.ran).size).toBe(service.ran.length)
        expect(tally(failed.map(({ error }) => error))).toEqual({
          'Failed to fetch': failed.length,
        })
        expect(report).toMatchObject({ clean: true, sessions: { destroyed: 0 } })
      },
      90_000,
    )

    row(
      `D6 loses none that its tabs have sent where another server takes over: ${http2}`,
      async () => {
        const [old, next] = [createService(), createService()]
        const oldSite = await start(old.routes, { options: { http2, drain } })
        const nextSite = await start(next.routes, { options: { http2, drain } })
        const relay = await createRelay(oldSite.port, ROUND_TRIP_MS)
        relays.add(relay)
        const tabs = await openTabs(`https://127.0.0.1:${relay.port}`)
        await waitFor('the tabs to be busy', old.enough(BEFORE), 30_000)
        relay.target = nextSite.port
        const drained = oldSite.hang.drain()
        await waitFor('the next server to be busy', next.enough(DURING), 30_000)
        expect(await waitFor('the drain', drained, 25_000)).toMatchObject({
          clean: true,
          sessions: { destroyed: 0 },
        })
        const asked = await waitFor('the tabs', stopAll(tabs), 10_000)

        const failures = tabs.flatMap((tab) => tab.failures)
        console.info(`Chromium, ${http2}, another server:`, {
          ran: [old.ran.length, next.ran.length],
          asked: asked.length,
          network: tally(failures),
        })
        const answered = asked.filter(({ status }) => status === 200)
        expect(ids(answered)).toEqual([...old.ran, ...next.ran].toSorted())
        expect(failures.filter((failure) => failure !== NEVER_SENT)).toEqual([])
        expect(asked.length - answered.length).toBe(failures.length)
      },
      90_000,
    )
  }
})

const DOWNLOAD_PARTS = 64
const PART = Buffer.alloc(16 * 1024)
const DOWNLOAD_BYTES = DOWNLOAD_PARTS * PART.length

function createService() {
  const ran: string[] = []
  const finish = createLatch()
  const working = createCounter()
  const downloading = createCounter()

  const work: Handler = async (call) => {
    const id = new URL(call.req.url ?? '', 'https://localhost').searchParams.get('id') ?? ''
    ran.push(id)
    working.add()
    if (call.req.method === 'POST') await call.body()
    await pause(10)
    call.send(200, id)
  }
  const download: Handler = async (call) => {
    const res = call.raw()
    res.writeHead(200, { 'content-type': 'application/octet-stream' })
    res.write(PART)
    downloading.add()
    await finish.opened
    for (let part = 1; part < DOWNLOAD_PARTS; part++) res.write(PART)
    res.end()
  }
  const routes: Routes = {
    '/': (call) => call.send(200, '<!doctype html>', { 'content-type': 'text/html' }),
    '/favicon.ico': (call) => call.send(204),
    '/work': work,
    '/download': download,
  }
  return {
    routes,
    /** The ids of the requests whose handler has begun. */
    ran,
    enough: working.reached,
    downloading: downloading.reached,
    finishDownloads: finish.open,
  }
}

function createCounter() {
  const goals: { count: number; open: () => void }[] = []
  let sum = 0
  return {
    add(): void {
      sum++
      for (const { count, open } of goals) if (sum >= count) open()
    },
    /** From now on. */
    reached(count: number): Promise<void> {
      const { opened, open } = createLatch()
      goals.push({ count: sum + count, open })
      return opened
    },
  }
}

interface Asked {
  readonly id: string
  readonly status?: number
  readonly error?: string
}

interface Tab {
  /** What Chromium itself says of requests that failed. */
  readonly failures: string[]
  /** The bytes that came. */
  download(): Promise<number>
  stop(): Promise<Asked[]>
}

async function openTabs(url: string): Promise<Tab[]> {
  const tabs: Tab[] = []
  for (let window = 0; window < WINDOWS; window++) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    windows.add(context)
    for (let tab = 0; tab < TABS; tab++) {
      const page = await context.newPage()
      await page.goto(`${url}/`)
      tabs.push(await startLoops(page, `${window}-${tab}`))
    }
  }
  return tabs
}

/** GETs and POSTs by turns, each loop one after another. */
async function startLoops(page: Page, name: string): Promise<Tab> {
  const failures: string[] = []
  page.on('requestfailed', (request) => failures.push(request.failure()?.errorText ?? 'unknown'))
  await page.evaluate(`
    var asked = [], stopped = false
    async function ask(id, method) {
      const body = method === 'POST' ? 'x'.repeat(1000) : undefined
      try {
        const response = await fetch('/work?id=' + id, { method, body, cache: 'no-store' })
        const text = await response.text()
        asked.push({ id, status: text === id ? response.status : 0 })
      } catch (error) {
        asked.push({ id, error: error.message })
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    var loops = Array.from({ length: ${LOOPS} }, async (_, loop) => {
      for (let count = 0; !stopped; count++) {
        await ask(['${name}', loop, count].join('-'), count % 2 ? 'POST' : 'GET')
      }
    })
    undefined`)
  return {
    failures,
    download: () =>
      page.evaluate<number>(
        // Chromium fetches one URL once at a time.
        `fetch('/download?tab=${name}').then((response) => response.arrayBuffer()).then((all) => all.byteLength)`,
      ),
    stop: () => page.evaluate<Asked[]>(`stopped = true, Promise.all(loops).then(() => asked)`),
  }
}

async function stopAll(tabs: readonly Tab[]): Promise<Asked[]> {
  return (await Promise.all(tabs.map((tab) => tab.stop()))).flat()
}

function ids(asked: readonly Asked[]): string[] {
  return asked.map(({ id }) => id).sort()
}

function tally(words: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word ?? ''] = (counts[word ?? ''] ?? 0) + 1
  return counts
}

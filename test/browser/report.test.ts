import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { renderReport } from '../../packages/check/src/report/render-report.ts'
import { checkServer, nodeServer } from '../check/command.ts'
import { launchChromium } from './browser.ts'
import { failedResult, HOSTILE, hostileResult, passedResult } from './sample-results.ts'

const RESULTS = { failed: failedResult(), passed: passedResult(), hostile: hostileResult() }
type Name = keyof typeof RESULTS
const NAMES: readonly Name[] = ['failed', 'passed', 'hostile']
const DESKTOP = 1280
const PHONE = 390
const WIDTHS = [320, PHONE, 700, 760, 860, DESKTOP]
const VIEWS: Readonly<Record<Name, readonly View[]>> = {
  failed: [
    { width: DESKTOP, colorScheme: 'light' },
    { width: DESKTOP, colorScheme: 'dark' },
    { width: PHONE, colorScheme: 'light' },
    { width: PHONE, colorScheme: 'dark' },
  ],
  passed: [
    { width: DESKTOP, colorScheme: 'dark' },
    { width: PHONE, colorScheme: 'light' },
  ],
  hostile: [{ width: PHONE, colorScheme: 'dark' }],
}

interface View {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
}

let browser: Browser
let folder: string
let axe: string
const pages = new Set<Page>()
const address = (name: Name) => pathToFileURL(join(folder, `${name}.html`)).href

beforeAll(async () => {
  browser = await launchChromium()
  folder = await mkdtemp(join(tmpdir(), 'hangup-report-'))
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  for (const name of NAMES) {
    await writeFile(join(folder, `${name}.html`), renderReport(RESULTS[name]))
  }
})

afterEach(async () => {
  for (const page of pages) await page.close()
  pages.clear()
})

afterAll(async () => {
  await browser?.close()
  if (folder !== undefined) await rm(folder, { recursive: true })
})

async function open(url: string, { width = DESKTOP, colorScheme = 'light' }: Partial<View> = {}) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  pages.add(page)
  const requested: string[] = []
  const said: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(url)
  return { page, requested, said }
}

describe.each(NAMES)('the report of a check: %s', (name) => {
  it.each(VIEWS[name])('is accessible, $width pixels wide, $colorScheme', async (view) => {
    const { page } = await open(address(name), view)
    await expectAccessible(page)
  })

  it('asks for nothing else and has no complaints', async () => {
    const { page, requested, said } = await open(address(name))
    await page.waitForLoadState('networkidle')
    expect(requested).toEqual([address(name)])
    expect(said).toEqual([])
    expect(await page.locator('script, img, link, iframe, object, base, form').count()).toBe(0)
  })

  it('fits into every width, and keeps labels apart', async () => {
    const { page } = await open(address(name))
    await expectToFit(page)
  })
})

describe('the report of a check that failed', () => {
  it.each([PHONE, DESKTOP])('shows at the top what failed and why, at %i pixels', async (width) => {
    const { page } = await open(address('failed'), { width })
    await expectVisible(page, 'h1', /^This service loses requests: \d+ of \d+ got no proper answer/)
    for (const { title, verdict, reasons } of RESULTS.failed.scenarios) {
      const line = page.locator('.hero li', { hasText: title })
      expect(await line.count()).toBe(verdict === 'failed' ? 1 : 0)
      if (verdict !== 'failed') continue
      for (const reason of reasons) expect(await line.textContent()).toContain(reason)
    }
  })

  it.each([PHONE, DESKTOP])('gives each scenario its card, at %i pixels', async (width) => {
    const { page } = await open(address('failed'), { width })
    for (const { title, question, verdict, reasons, advice } of RESULTS.failed.scenarios) {
      const card = page.getByRole('article', { name: title })
      for (const text of [question, verdict, ...reasons, advice ?? '']) {
        expect(await card.getByText(text).first().isVisible(), text).toBe(true)
      }
      expect(await card.getByRole('img').count()).toBe(verdict === 'skipped' ? 0 : 1)
    }
  })

  it.each([PHONE, DESKTOP])('has a scorecard that is a table, at %i pixels', async (width) => {
    const { page } = await open(address('failed'), { width })
    const table = page.getByRole('table').first()
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      'Scenario',
      'answered',
      'refused',
      'failed',
      'lost',
      'truncated',
      'hung',
      'time to exit',
      'exit code',
      'stderr lines',
    ])
    const { counts } = RESULTS.failed.scenarios[1] ?? expect.unreachable()
    const row = table.getByRole('row', { name: /full accept queue/ })
    const cells = await row.getByRole('cell').allTextContents()
    expect(cells.map((text) => text.replace('▸', ''))).toEqual([
      ...Object.values(counts).map(String),
      '15 s',
      'SIGKILL',
      '0',
    ])
    const skipped = table.getByRole('row', { name: /reset at once/ })
    expect(await skipped.textContent()).toContain('The service does not speak HTTP/2.')
  })

  it('says in words what its pictures show', async () => {
    const { page } = await open(address('failed'))
    const picture = page.getByRole('img', { name: /^Timeline of SIGTERM with a full accept queue/ })
    const name = await picture.getAttribute('aria-label')
    const unnamed = page.locator('svg:not([role="img"], [aria-hidden="true"])')
    expect(await unnamed.count()).toBe(0)
    expect(name).toContain('520 connections')
    expect(name).toMatch(/17 lost: 20 ms after SIGTERM/)
    expect(name).toMatch(/2 hung: sent .* before SIGTERM/)
    expect(name).toContain('The process ended 15 s after SIGTERM: SIGKILL.')
  })

  it('tells the fates apart without colours', async () => {
    const { page } = await open(address('failed'))
    const looks = await page.evaluate<string[]>(`
      [...document.querySelectorAll('.meanings .sample')].map((sample) => {
        const bar = getComputedStyle(sample.querySelector('rect')).fill
        const sign = sample.querySelector('use')?.getAttribute('href')
        if (sign === undefined) return 'none'
        const shape = document.querySelector(sign)
        return [bar.startsWith('url'), shape.tagName, shape.getAttribute('d')].join(' ')
      })`)
    expect(looks).toHaveLength(6)
    expect(new Set(looks).size).toBe(looks.length)
  })

  it('keeps each bar on the picture, and draws what was lost over what was not', async () => {
    const { page } = await open(address('failed'), { width: PHONE })
    for (const { frame, bars } of await page.evaluate<Measured[]>(MEASURE)) {
      expect(bars.length).toBeGreaterThan(0)
      for (const bar of bars) {
        expect(bar.left).toBeGreaterThanOrEqual(frame.left - 0.5)
        expect(bar.right).toBeLessThanOrEqual(frame.right + 0.5)
        expect(bar.right - bar.left).toBeGreaterThan(1)
        expect(bar.top).toBeGreaterThanOrEqual(frame.top)
        expect(bar.bottom).toBeLessThanOrEqual(frame.bottom)
      }
      const fates = bars.map(({ text }) => text)
      const firstLost = fates.indexOf('bar-lost')
      if (firstLost >= 0) expect(fates.lastIndexOf('bar-answered')).toBeLessThan(firstLost)
    }
  })

  it('draws nothing in a colour that nobody chose', async () => {
    const { page } = await open(address('failed'), { colorScheme: 'dark' })
    const black = await page.evaluate<string[]>(`
      [...document.querySelectorAll('main svg :is(rect, path, text, use, circle)')]
        .filter((element) => getComputedStyle(element).fill === 'rgb(0, 0, 0)')
        .map((element) => element.outerHTML)`)
    expect(black).toEqual([])
  })

  it('prints on white, also for a reader in the dark', async () => {
    const { page } = await open(address('failed'), { colorScheme: 'dark' })
    const ink = () => page.evaluate<string>('getComputedStyle(document.body).color')
    expect(await ink()).toBe('rgb(230, 234, 240)')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await ink()).toBe('rgb(27, 35, 48)')
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  })

  it('looks the same under the strictest policy that a server may give it', async () => {
    const server = createServer((_, res) => {
      res.setHeader('content-type', 'text/html')
      res.setHeader('content-security-policy', `default-src 'none'; style-src 'unsafe-inline'`)
      res.end(renderReport(RESULTS.failed))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const { page, said } = await open(`http://127.0.0.1:${port}/`)
      expect(said).toEqual([])
      const served = await page.screenshot({ fullPage: true })
      const { page: file } = await open(address('failed'))
      expect(served.equals(await file.screenshot({ fullPage: true }))).toBe(true)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

it('the report of a check of Express without us says what that loses, and why', async () => {
  const file = join(folder, 'express.html')
  const { result } = await checkServer({
    server: nodeServer('express', 'without'),
    options: ['--only', 'sigterm-idle,sigterm-queue,sigterm-http2', '--report', file],
  })
  const { page, said } = await open(pathToFileURL(file).href, { width: PHONE })
  await expectVisible(page, 'h1', /^This service loses requests: \d+ of \d+/)
  for (const { title, reasons, timeline } of result.scenarios) {
    const card = page.getByRole('article', { name: title })
    for (const reason of reasons) expect(await card.getByText(reason).isVisible()).toBe(true)
    expect(await card.getByRole('img').count()).toBe(timeline.requests.length > 0 ? 1 : 0)
  }
  expect(said).toEqual([])
  await expectToFit(page)
  await expectAccessible(page)
}, 90_000)

describe('the report of a check whose texts are hostile', () => {
  it('shows them as text and runs none', async () => {
    const { page } = await open(address('hostile'))
    expect(await page.title()).toContain('Failed: http://localhost:3000/<script>')
    const attributes = await page.evaluate<string[]>(`
      [...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames())`)
    expect(attributes.filter((name) => name.startsWith('on') || name === 'style')).toEqual([])
    expect(await page.locator('a:not([href^="#scenario-"])').count()).toBe(0)

    const reasons = page.locator('article').first().locator('.reasons li')
    const shown = await reasons.allTextContents()
    const plain = HOSTILE.filter((text) => !text.includes('\u001b'))
    expect(shown).toEqual(expect.arrayContaining(plain))
    expect(shown).toContain('red ␀␇ <U+202E>gnirts <U+D800> <U+2028>')
  })
})

async function expectAccessible(page: Page): Promise<void> {
  await openDetails(page)
  await page.evaluate(axe)
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run()')
  expect(passes.map(({ id }) => id)).toContain('color-contrast') // It has looked.
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}

/** Into every width, with its labels apart. */
async function expectToFit(page: Page): Promise<void> {
  await openDetails(page)
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    const pictures = await page.evaluate<Measured[]>(MEASURE)
    expect(pictures.length).toBeGreaterThan(0)
    for (const { card, labels } of pictures) {
      for (const [index, label] of labels.entries()) {
        const what = `"${label.text}" at ${width} pixels`
        expect(label.left, what).toBeGreaterThanOrEqual(card.left)
        expect(label.right, what).toBeLessThanOrEqual(card.right)
        expect(labels.slice(index + 1).filter((other) => overlap(label, other))).toEqual([])
      }
    }
  }
}

async function expectVisible(page: Page, selector: string, text: RegExp): Promise<void> {
  const found = page.locator(selector)
  expect(await found.isVisible()).toBe(true)
  expect(await found.textContent()).toMatch(text)
}

interface Box {
  /** Of a label its words, of a bar its fate. */
  readonly text: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

interface Measured {
  readonly card: Box
  readonly frame: Box
  readonly labels: readonly Box[]
  readonly bars: readonly Box[]
}

/** Run in the page: one answer for all that is drawn. */
const MEASURE = `
  [...document.querySelectorAll('.picture')].map((picture) => {
    const boxOf = (element, text) => {
      const { left, right, top, bottom } = element.getBoundingClientRect()
      return { text, left, right, top, bottom }
    }
    const all = (selector) => [...picture.querySelectorAll(selector)]
    return {
      card: boxOf(picture.closest('.card')),
      frame: boxOf(picture.querySelector('.lanes')),
      labels: all('text').filter((text) => text.checkVisibility()).map((text) => boxOf(text, text.textContent)),
      bars: all('g > rect').map((bar) => boxOf(bar, bar.getAttribute('class'))),
    }
  })`

async function openDetails(page: Page): Promise<void> {
  await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`)
}

/** By more than the room above and below letters. */
function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom - 2 && a.bottom > b.top + 2
}

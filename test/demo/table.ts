import type { Framework, Side } from './server-process.ts'
import type { Figures } from './trial.ts'

/** One server of the table: what it does now, or what was counted. */
export interface Row {
  readonly framework: Framework
  readonly side: Side
  now(): string
  figures: Figures | undefined
}

type Paint = (text: string, color: 'green' | 'red' | 'dim') => string

interface Column {
  readonly title: readonly [string, string]
  readonly width: number
  cell(figures: Figures): string
  isGood(figures: Figures): boolean
}

const COLUMNS: readonly Column[] = [
  {
    title: ['locks', 'left held'],
    width: 10,
    cell: ({ locksHeld, left }) => `${count(locksHeld)} of ${count(left)}`,
    isGood: ({ locksHeld }) => locksHeld === 0,
  },
  {
    title: ['signals', 'raised'],
    width: 10,
    cell: ({ signalsRaised, left }) => `${count(signalsRaised)} of ${count(left)}`,
    isGood: ({ signalsRaised, left }) => signalsRaised === left,
  },
  {
    title: ['false', 'aborts'],
    width: 15,
    cell: ({ falseAborts, allRequests }) => `${count(falseAborts)} of ${count(allRequests)}`,
    isGood: ({ falseAborts }) => falseAborts === 0,
  },
  {
    title: ['error', 'lines'],
    width: 6,
    cell: ({ errorLines }) => count(errorLines),
    isGood: ({ errorLines }) => errorLines === 0,
  },
  {
    title: ['requests lost', 'at SIGTERM'],
    width: 15,
    cell: ({ lost, requests }) => `${count(lost)} of ${count(requests)}`,
    isGood: ({ lost }) => lost === 0,
  },
  {
    title: ['exit', 'code'],
    width: 7,
    cell: ({ exit }) => String(exit),
    isGood: ({ exit }) => exit === 0,
  },
]

const NAME_WIDTH = 8
const SIDE_WIDTH = 8

/** Characters of a line. */
export const TABLE_WIDTH = COLUMNS.reduce((sum, { width }) => sum + width, NAME_WIDTH + SIDE_WIDTH)

/** The table as it stands, a line each. */
export function renderTable(rows: readonly Row[], isColored: boolean): string[] {
  const paint = isColored ? paintAnsi : paintNothing
  const indent = ' '.repeat(NAME_WIDTH + SIDE_WIDTH)
  const titles = [0, 1].map(
    (line) => indent + COLUMNS.map(({ title, width }) => title[line]?.padStart(width)).join(''),
  )
  return [...titles, ...rows.map((row) => renderRow(row, paint))]
}

/** Why requests were lost, most frequent first; empty where none was. */
export function renderLosses({ framework, side, figures }: Row): string | undefined {
  if (figures === undefined || figures.lost === 0) return undefined
  const losses = [...figures.losses].sort(([, a], [, b]) => b - a)
  return `${framework} ${side} us lost: ${losses.map(([why, n]) => `${n} × ${why}`).join(', ')}`
}

function renderRow({ framework, side, now, figures }: Row, paint: Paint): string {
  const name = (side === 'without' ? framework : '').padEnd(NAME_WIDTH)
  const head = name + (side === 'without' ? 'without' : 'with us').padEnd(SIDE_WIDTH)
  if (figures === undefined) return head + paint(`  ${now()}`, 'dim')
  const cells = COLUMNS.map((column) => {
    const cell = column.cell(figures).padStart(column.width)
    return paint(cell, column.isGood(figures) ? 'green' : 'red')
  })
  return head + cells.join('')
}

function count(n: number): string {
  return n.toLocaleString('en-US')
}

const ANSI = { green: 32, red: 31, dim: 2 }

function paintAnsi(text: string, color: keyof typeof ANSI): string {
  return `\x1b[${ANSI[color]}m${text}\x1b[0m`
}

function paintNothing(text: string): string {
  return text
}

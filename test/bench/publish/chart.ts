import { escaped, renderFrame, TOP, tenths, WIDTH } from './frame.ts'

/** A bar of a chart. */
export interface Bar {
  readonly label: string
  readonly value: number
  /** What stands behind the bar. */
  readonly text: string
  /** The middle half of the rounds. */
  readonly low?: number
  readonly high?: number
  readonly isOurs: boolean
}

/** Bars from zero on, one below the other. */
export interface Chart {
  readonly title: string
  /** What the bars are, and when they were measured. */
  readonly caption: string
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[]
  /** A line across all bars: what they are compared with. */
  readonly mark?: number
}

const LEFT = 250
const RIGHT = 150
const ROW = 20
const BAR = 12
const GAP = 14

export function renderChart({ title, caption, groups, mark }: Chart): string {
  const bars = groups.flatMap((group) => group.bars)
  const most = Math.max(mark ?? 0, ...bars.map(({ value, high }) => high ?? value), 1e-9)
  const at = (value: number) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT)
  const lines: string[] = []
  let y = TOP
  for (const { name, bars } of groups) {
    lines.push(`<text x="24" y="${y + 10}" class="group">${escaped(name)}</text>`)
    for (const bar of bars) {
      lines.push(renderBar(bar, y, at, mark === undefined ? undefined : WIDTH - RIGHT + 24))
      y += ROW
    }
    y += GAP
  }
  const line =
    mark === undefined ? '' : `<path d="M${tenths(at(mark))} ${TOP - 8}V${y - GAP}" class="mark"/>`
  return renderFrame({ title, caption, bottom: y, body: [...lines, line].join('\n') })
}

/** @param textAt where its text stands; behind it, if nothing is said. */
function renderBar(
  bar: Bar,
  y: number,
  at: (value: number) => number,
  textAt: number | undefined,
): string {
  const { label, value, text, low, high, isOurs } = bar
  const width = Math.max(1, at(value) - LEFT)
  const middle = y + BAR / 2
  const spread =
    low === undefined || high === undefined
      ? ''
      : `<path d="M${tenths(at(low))} ${middle}H${tenths(at(high))}" class="spread"/>`
  const end = textAt ?? at(value) + 8
  return [
    `<text x="${LEFT - 10}" y="${y + 10}" text-anchor="end">${escaped(label)}</text>`,
    `<rect x="${LEFT}" y="${y}" width="${tenths(width)}" height="${BAR}" class="${isOurs ? 'ours' : 'other'}"/>`,
    spread,
    `<text x="${tenths(end)}" y="${y + 10}">${escaped(text)}</text>`,
  ].join('')
}

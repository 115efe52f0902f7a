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

const WIDTH = 860
const LEFT = 250
const RIGHT = 150
const TOP = 74
const ROW = 20
const BAR = 12
const GAP = 14

const STYLE = `
text { font: 12px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #424a53 }
.head { font-size: 16px; font-weight: 600; fill: #1f2328 }
.group { font-weight: 600; fill: #1f2328 }
.card { fill: #fff; stroke: #d0d7de }
.ours { fill: #0969da } .other { fill: #8c959f }
.mark { stroke: #cf222e } .spread { stroke: #1f2328 }
@media (prefers-color-scheme: dark) {
  text { fill: #b1bac4 }
  .head, .group { fill: #f0f6fc }
  .card { fill: #0d1117; stroke: #30363d }
  .ours { fill: #4493f8 } .other { fill: #656c76 }
  .mark { stroke: #f85149 } .spread { stroke: #f0f6fc }
}`

export function renderChart({ title, caption, groups, mark }: Chart): string {
  const bars = groups.flatMap((group) => group.bars)
  const most = Math.max(mark ?? 0, ...bars.map(({ value, high }) => high ?? value), 1e-9)
  const at = (value: number) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT)
  const lines: string[] = []
  let y = TOP
  for (const { name, bars } of groups) {
    lines.push(`<text x="24" y="${y + 10}" class="group">${quoted(name)}</text>`)
    for (const bar of bars) {
      lines.push(renderBar(bar, y, at, mark === undefined ? undefined : WIDTH - RIGHT + 24))
      y += ROW
    }
    y += GAP
  }
  const line =
    mark === undefined ? '' : `<path d="M${round(at(mark))} ${TOP - 8}V${y - GAP}" class="mark"/>`
  const height = y + 6
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${quoted(title)}</title>
<desc id="desc">${quoted(caption)}</desc>
<style>${STYLE}
</style>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="3" class="card"/>
<text x="24" y="32" class="head">${quoted(title)}</text>
<text x="24" y="52">${quoted(caption)}</text>
${lines.join('\n')}
${line}
</svg>
`
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
      : `<path d="M${round(at(low))} ${middle}H${round(at(high))}" class="spread"/>`
  const end = textAt ?? at(value) + 8
  return [
    `<text x="${LEFT - 10}" y="${y + 10}" text-anchor="end">${quoted(label)}</text>`,
    `<rect x="${LEFT}" y="${y}" width="${round(width)}" height="${BAR}" class="${isOurs ? 'ours' : 'other'}"/>`,
    spread,
    `<text x="${round(end)}" y="${y + 10}">${quoted(text)}</text>`,
  ].join('')
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10
}

function quoted(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

import type { RequestSpan } from '../result.ts'
import type { Bar } from './bars.ts'
import { isLoss } from './fates.ts'
import { type Content, type Html, html } from './html.ts'
import { drawBar, drawPeriod, drawWire } from './signs.ts'
import { timeText } from './time-text.ts'
import type { TimelineLayout, Width, Wire } from './timeline-layout.ts'

const LABEL_ROW_PX = 19
const AXIS_PX = 20
/** Room above and below the lanes. */
const MARGIN_PX = 6
/** A label in the middle of a break nearer to the edge would hang over it. */
const EDGE = 0.1
/** A bar shorter than that would look out from under its sign. */
const MOMENT = 0.008

/**
 * Three pieces, one under the other: labels, lanes, axis. x is in per cent of a width that follows the page, y in
 * pixels, so nothing is scaled. `name` is what it says to those who do not see it.
 */
export function renderPicture(layout: TimelineLayout, name: string): Html {
  return html`<div class="picture">
${renderLabels(layout, 'narrow')}
${renderLabels(layout, 'wide')}
${renderLanes(layout, name)}
${renderAxis(layout)}
</div>`
}

function renderLabels({ labels }: TimelineLayout, width: Width): Html {
  const rows = labels[width].reduce((most, { row }) => Math.max(most, row + 1), 0)
  const height = rows * LABEL_ROW_PX
  return html`<svg class="labels ${width}" height="${height}" aria-hidden="true" focusable="false">${[
    ...labels[width].map(({ x, row, kind }) =>
      verticalLine(x, height - (row + 1) * LABEL_ROW_PX + 3, height, `mark mark-${kind}`),
    ),
    ...labels[width].map(({ x, row, side, text }) => {
      const y = height - row * LABEL_ROW_PX - 5
      return side === 'right'
        ? html`<text x="${percent(x)}" y="${y}" dx="5">${text}</text>`
        : html`<text x="${percent(x)}" y="${y}" dx="-5" text-anchor="end">${text}</text>`
    }),
  ]}</svg>`
}

function renderLanes(layout: TimelineLayout, name: string): Html {
  const { scale, marks, connections, bars, barPx } = layout
  const height = layout.heightPx + 2 * MARGIN_PX
  return html`<svg class="lanes" height="${height}" role="img" aria-label="${name}">
${renderPeriods(layout, height)}
${scale.ticks.map(({ x }) => verticalLine(x, 0, height, 'grid'))}
${connections.map((wire) => renderWire(wire, barPx))}
${bars.filter(({ fate }) => !isLoss(fate)).map((bar) => renderBar(bar, barPx))}
${scale.breaks.map(({ x0, x1 }) => drawPeriod('break', percent(x0), percent(x1 - x0), height))}
${marks.map(({ x, mark }) => verticalLine(x, 0, height, `mark mark-${mark.kind}`))}
${bars.filter(({ fate }) => isLoss(fate)).map((bar) => renderBar(bar, barPx))}
</svg>`
}

/** The time from SIGTERM to the end of the process, and the time after it. */
function renderPeriods({ marks }: TimelineLayout, height: number): Content {
  const sigterm = marks.find(({ mark }) => mark.kind === 'sigterm')?.x
  const exit = marks.find(({ mark }) => mark.kind === 'exit')?.x ?? 1
  return [
    sigterm !== undefined &&
      drawPeriod('closing', percent(sigterm), percent(Math.max(0, exit - sigterm)), height),
    drawPeriod('gone', percent(exit), percent(1 - exit), height),
  ]
}

function renderWire({ x0, x1, y, heightPx, rows, how }: Wire, barPx: number): Html {
  const top = y + MARGIN_PX
  if (rows > 1) {
    return html`<rect x="${percent(x0)}" width="${percent(x1 - x0)}" y="${top + 1}" height="${heightPx - 2}" rx="3" class="wire-wide"/>`
  }
  const middle = top + heightPx / 2
  return drawWire({ how, x: percent(x0), end: percent(x1), y: middle, barHeight: barPx })
}

function renderBar({ x0, x1, y, fate, requests }: Bar, barPx: number): Html {
  const isMoment = fate !== 'answered' && x1 - x0 < MOMENT
  const shape = drawBar({
    fate,
    x: percent(x0),
    width: isMoment ? undefined : percent(x1 - x0),
    end: percent(isMoment ? (x0 + x1) / 2 : x1),
    y: y + MARGIN_PX,
    height: barPx,
  })
  return html`<g><title>${requests.length === 1 ? requests.map(describe) : `${requests.length} requests: ${fate}`}</title>${shape}</g>`
}

function describe({ label, fate, status, from, to }: RequestSpan): string {
  const answer = status === undefined ? '' : ` with ${status}`
  const when = to === undefined ? 'and no end was seen' : `after ${timeText(to - from)}`
  return `${label}: ${fate}${answer} ${when}`
}

function renderAxis({ scale }: TimelineLayout): Html {
  const { ticks, breaks } = scale
  const height = breaks.length > 0 ? AXIS_PX * 2 : AXIS_PX
  return html`<svg class="axis" height="${height}" aria-hidden="true" focusable="false">
${ticks.map(({ x, label }) => axisText(label, x, 14))}
${breaks.map(({ x0, x1, ms }) => axisText(`⋯ ${timeText(ms)}`, (x0 + x1) / 2, 14 + AXIS_PX, EDGE))}
</svg>`
}

function axisText(text: string, x: number, y: number, edge = 0): Html {
  const anchor = x < edge ? 'start' : x > 1 - edge ? 'end' : 'middle'
  return html`<text x="${percent(x)}" y="${y}" text-anchor="${anchor}">${text}</text>`
}

function verticalLine(x: number, y1: number, y2: number, style: string): Html {
  return html`<line x1="${percent(x)}" x2="${percent(x)}" y1="${y1}" y2="${y2}" class="${style}"/>`
}

function percent(x: number): string {
  return `${Math.round(x * 10_000) / 100}%`
}

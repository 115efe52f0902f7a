import type { ConnectionSpan, Fate, Mark, ScenarioResult, Timeline } from '../result.ts'
import { exitText } from './exit-text.ts'
import { COUNTED } from './fates.ts'
import { type Html, html } from './html.ts'
import { lossTimes } from './loss-times.ts'
import { countText, listText, numberText } from './number-text.ts'
import { barSample, periodSample, wireSample } from './signs.ts'
import { timeText } from './time-text.ts'
import { layOutTimeline, type TimelineLayout } from './timeline-layout.ts'
import { renderPicture } from './timeline-picture.ts'
import { renderTables } from './timeline-tables.ts'

/** What was lost and when, in words, as a picture with its legend, and as tables. */
export function renderTimeline(scenario: ScenarioResult): Html {
  const { timeline, counts } = scenario
  const layout = layOutTimeline(timeline)
  const losses = lossTimes(timeline, counts).map(
    ({ fate, text }) => html`<span class="loss">${barSample(fate)} ${text}</span>`,
  )
  return html`<figure>
${losses.length > 0 && html`<p class="losses">${losses}</p>`}
${renderPicture(layout, pictureName(scenario))}
<figcaption>${renderLegend(timeline, layout)}</figcaption>
${renderTables(timeline, layout.zeroMs)}
</figure>`
}

/** The picture in words. */
function pictureName({ title, counts, timeline, exit }: ScenarioResult): string {
  const connections = timeline.connections.length + timeline.omitted.connections
  const fates = COUNTED.filter((fate) => counts[fate] > 0)
  const sentences = [
    `Timeline of ${title}: ${countText(connections, 'connection')}`,
    `Requests: ${listText(fates.map((fate) => `${numberText(counts[fate])} ${fate}`)) || 'none'}`,
    ...lossTimes(timeline, counts).map(({ text }) => text),
  ]
  if (exit !== undefined) {
    sentences.push(`The process ended ${timeText(exit.afterMs)} after SIGTERM: ${exitText(exit)}`)
  }
  return `${sentences.join('. ')}.`
}

const LEGEND: readonly Fate[] = [...COUNTED, 'left']

function renderLegend(timeline: Timeline, { leftOut, scale, marks }: TimelineLayout): Html {
  const has = (fate: Fate) => timeline.requests.some((request) => request.fate === fate)
  const ended = (how: ConnectionSpan['how']) =>
    timeline.connections.some((connection) => connection.how === how)
  const marked = (kind: Mark['kind']) => timeline.marks.some((mark) => mark.kind === kind)
  const missing = [
    ...(leftOut.connections > 0 ? [countText(leftOut.connections, 'connection')] : []),
    ...(leftOut.requests > 0 ? [countText(leftOut.requests, 'request')] : []),
  ]
  return html`<span class="legend">${[
    ...LEGEND.filter(has).map((fate) => entry(barSample(fate), fate)),
    ended('end') && entry(wireSample('end'), 'closed by the service'),
    ended('reset') && entry(wireSample('reset'), 'reset by the service'),
    marked('sigterm') && entry(periodSample('closing'), 'from SIGTERM on'),
    marks.some(({ mark, x }) => mark.kind === 'exit' && x < 1) &&
      entry(periodSample('gone'), 'the process is gone'),
    scale.breaks.length > 0 && entry(periodSample('break'), 'nothing changes: drawn shorter'),
  ]}</span>
Each line is a connection, each bar on it a request. Time runs from left to right${marked('sigterm') && ', and SIGTERM is at 0'}.${missing.length > 0 && ` Not drawn, to keep it readable: ${listText(missing)}.`}`
}

function entry(sample: Html, text: string): Html {
  return html`<span>${sample} ${text}</span>`
}

import type { ScenarioResult } from '../result.ts'
import { type Content, type Html, html } from './html.ts'
import { countText } from './number-text.ts'
import { renderTimeline } from './timeline-figure.ts'
import { renderVerdict } from './verdict-sign.ts'

/** One scenario: what it asks, what came of it and why, and the picture of it. */
export function renderScenario(scenario: ScenarioResult, id: string): Html {
  const { title, question, verdict, reasons, advice, timeline } = scenario
  const isEmpty = timeline.requests.length === 0 && timeline.connections.length === 0
  return html`<article class="card ${verdict}" id="${id}" aria-labelledby="${id}-title">
<header><h3 id="${id}-title">${title}</h3>${renderVerdict(verdict)}</header>
<p class="question">${question}</p>
${reasons.length > 0 && html`<ul class="reasons">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
${advice !== undefined && html`<p class="advice"><strong>Why, and what helps.</strong> ${advice}</p>`}
${!isEmpty && renderTimeline(scenario)}
${renderStderr(scenario)}
</article>`
}

function renderStderr({ stderr }: ScenarioResult): Content {
  if (stderr.lines === 0) return undefined
  const more = stderr.lines - stderr.first.length
  return html`<details><summary>${countText(stderr.lines, 'line')} on stderr</summary>
<pre>${stderr.first.join('\n')}${more > 0 && `\n… and ${countText(more, 'line')} more`}</pre></details>`
}

import type { RequestSpan, Timeline } from '../result.ts'
import { severity } from './fates.ts'
import { type Html, html } from './html.ts'
import { countText } from './number-text.ts'
import { timeText } from './time-text.ts'

const MOST_ROWS = 100

/** What a picture shows, for those who do not see it: the marks, and the requests, the worst first. */
export function renderTables({ marks, requests, omitted }: Timeline, zeroMs: number): Html {
  const rows = requests
    .toSorted((a, b) => severity(b.fate) - severity(a.fate) || a.from - b.from)
    .slice(0, MOST_ROWS)
  const more = requests.length + omitted.requests - rows.length
  const zero = marks.some(({ kind }) => kind === 'sigterm') ? 'SIGTERM' : 'the start'
  const markRows = marks.map(
    ({ at, label }) => html`<tr><td>${timeText(at - zeroMs)}</td><td>${label}</td></tr>`,
  )
  return html`<details>
<summary>The same as tables</summary>
${
  marks.length > 0 &&
  html`<table><caption>Moments, counted from ${zero}</caption>
<thead><tr><th scope="col">at</th><th scope="col">what</th></tr></thead>
<tbody>${markRows}</tbody></table>`
}
<table><caption>Requests, the worst first, counted from ${zero}${more > 0 && `; ${countText(more, 'request')} more not listed`}</caption>
<thead><tr><th scope="col">sent</th><th scope="col">ended</th><th scope="col">what</th><th scope="col">fate</th></tr></thead>
<tbody>${rows.map((request) => renderRow(request, zeroMs))}</tbody></table>
</details>`
}

function renderRow({ from, to, label, fate, status }: RequestSpan, zeroMs: number): Html {
  const end = to === undefined ? 'not seen' : timeText(to - zeroMs)
  return html`<tr><td>${timeText(from - zeroMs)}</td><td>${end}</td><td>${label}</td><td>${fate}${status !== undefined && `, ${status}`}</td></tr>`
}

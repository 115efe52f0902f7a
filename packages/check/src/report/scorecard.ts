import { constants } from 'node:os'
import type { CheckResult, Exit, ScenarioResult, Thresholds } from '../result.ts'
import { exitText } from './exit-text.ts'
import { COUNTED, isLoss, MEANING } from './fates.ts'
import { type Content, type Html, html } from './html.ts'
import { numberText } from './number-text.ts'
import { barSample } from './signs.ts'
import { timeText } from './time-text.ts'
import { sumCounts } from './verdict.ts'
import { renderVerdict } from './verdict-sign.ts'

const COLUMNS = [...COUNTED, 'time to exit', 'exit code', 'stderr lines'] as const

/**
 * All scenarios in figures. A narrow page shows each row as a card of its own, for which every cell names its
 * column; the roles keep it a table there too.
 */
export function renderScorecard({ scenarios, thresholds }: CheckResult): Html {
  return html`<table class="scorecard" role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Scenario</th>${COLUMNS.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">
${scenarios.map((scenario, index) => renderRow(scenario, thresholds, scenarioId(index)))}
</tbody>
${scenarios.length > 1 && renderSums(scenarios)}
</table>`
}

export function renderMeanings(): Html {
  return html`<dl class="meanings">${COUNTED.map((fate) => html`<div><dt>${barSample(fate)} ${fate}</dt><dd>${MEANING[fate]}</dd></div>`)}</dl>`
}

export function scenarioId(index: number): string {
  return `scenario-${index + 1}`
}

function renderRow(scenario: ScenarioResult, thresholds: Thresholds, id: string): Html {
  const { title, verdict, counts, reasons, exit, stderr } = scenario
  const head = html`<th role="rowheader" scope="row"><a href="#${id}">${title}</a>&ensp;${renderVerdict(verdict)}</th>`
  if (verdict === 'skipped') {
    return html`<tr role="row" class="skipped">${head}<td role="cell" class="words" colspan="${COLUMNS.length}">${reasons.join(' ')}</td></tr>`
  }
  const failed = verdict === 'failed'
  const late = exit !== undefined && exit.afterMs > thresholds.exitMs
  const noisy = thresholds.stderrLines !== null && stderr.lines > thresholds.stderrLines
  return html`<tr role="row">${head}${[
    ...COUNTED.map((fate) =>
      cell(
        fate,
        numberText(counts[fate]),
        failed && isLoss(fate) && counts[fate] > 0,
        counts[fate] === 0,
      ),
    ),
    cell('time to exit', exit && timeText(exit.afterMs), failed && late),
    cell(
      'exit code',
      exit && exitText(exit),
      failed && exit !== undefined && isWrong(exit, thresholds),
    ),
    cell('stderr lines', numberText(stderr.lines), failed && noisy, stderr.lines === 0),
  ]}</tr>`
}

function renderSums(scenarios: readonly ScenarioResult[]): Html {
  const counts = sumCounts(scenarios.map((scenario) => scenario.counts))
  const lines = scenarios.reduce((sum, { stderr }) => sum + stderr.lines, 0)
  return html`<tfoot role="rowgroup"><tr role="row"><th role="rowheader" scope="row">All scenarios</th>${[
    ...COUNTED.map((fate) => cell(fate, numberText(counts[fate]), false, counts[fate] === 0)),
    html`<td role="cell" class="empty"></td><td role="cell" class="empty"></td>`,
    cell('stderr lines', numberText(lines), false, lines === 0),
  ]}</tr></tfoot>`
}

/** What is wrong is bold, red and has a sign; what is nothing is faint. */
function cell(column: string, text: string | undefined, isBad: boolean, isNothing = false): Html {
  const tone = isBad ? 'bad' : isNothing || text === undefined ? 'nothing' : ''
  const shown: Content = text ?? html`<span aria-label="does not apply" role="img">–</span>`
  return html`<td role="cell" data-column="${column}" class="${tone}">${isBad && html`<span class="flag" aria-hidden="true">▸</span>`}${shown}</td>`
}

function isWrong({ code, signal }: Exit, { exitCodes }: Thresholds): boolean {
  if (code !== null) return !exitCodes.includes(code)
  const numbers: Readonly<Record<string, number>> = constants.signals
  return !exitCodes.includes(128 + (numbers[signal ?? ''] ?? 0))
}

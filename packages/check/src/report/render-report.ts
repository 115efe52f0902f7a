import { createHash } from 'node:crypto'
import type { CheckResult, ScenarioResult, Thresholds, Verdict } from '../result.ts'
import { COUNTED, isLoss } from './fates.ts'
import { type Content, type Html, html, toMarkup, trusted } from './html.ts'
import { listText, numberText } from './number-text.ts'
import { renderScenario } from './scenario-section.ts'
import { renderMeanings, renderScorecard, scenarioId } from './scorecard.ts'
import { definitions } from './signs.ts'
import { style } from './style.ts'
import { timeText } from './time-text.ts'
import { verdictOf, verdictText } from './verdict.ts'
import { SIGN } from './verdict-sign.ts'

const TITLE: Readonly<Record<Verdict, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  skipped: 'Not checked',
}

/**
 * One HTML file that needs nothing else: no script, no font, no request. It forbids itself all but its own style
 * sheet, so that even a mistake in escaping could run nothing.
 */
export function renderReport(result: CheckResult): string {
  const { url, scenarios } = result
  const verdict = verdictOf(result)
  const policy = `default-src 'none'; style-src 'sha256-${hash(style)}'; base-uri 'none'; form-action 'none'`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${TITLE[verdict]}: ${url} – hangup check</title>
<style>${trusted(style)}</style>
</head>
<body>
${definitions}
<header>
${renderAbout(result)}
${renderHero(result, verdict)}
</header>
<main>
<h2>Scorecard</h2>
${renderScorecard(result)}
${renderMeanings()}
<h2>Scenarios</h2>
${scenarios.map((scenario, index) => renderScenario(scenario, scenarioId(index)))}
</main>
<footer>${renderFooter(result)}</footer>
</body>
</html>
`
  return toMarkup(page)
}

function renderAbout({ url, command, madeAt }: CheckResult): Html {
  return html`<dl class="about">
<div><dt>Checked</dt><dd class="mono"><bdi>${url}</bdi></dd></div>
<div><dt>started with</dt><dd class="mono"><bdi>${command.map(quoteWord).join(' ')}</bdi></dd></div>
<div><dt>on</dt><dd>${dateText(madeAt)}</dd></div>
</dl>`
}

function renderHero(result: CheckResult, verdict: Verdict): Html {
  return html`<div class="hero ${verdict}"><span class="hero-sign" aria-hidden="true">${SIGN[verdict]}</span><h1>${verdictText(result)}</h1>${renderFailures(result.scenarios)}</div>`
}

/** Those that lost something first. */
function renderFailures(scenarios: readonly ScenarioResult[]): Content {
  const lines = scenarios.map(({ title, verdict, reasons, counts }, index) => ({
    isFailed: verdict === 'failed',
    hasLost: COUNTED.some((fate) => isLoss(fate) && counts[fate] > 0),
    line: html`<li><a href="#${scenarioId(index)}">${title}</a>: ${reasons.join(' ')}</li>`,
  }))
  const failures = lines
    .filter(({ isFailed }) => isFailed)
    .sort((a, b) => Number(b.hasLost) - Number(a.hasLost))
  return failures.length > 0 && html`<ul>${failures.map(({ line }) => line)}</ul>`
}

function renderFooter({ thresholds, machine, tool }: CheckResult): Html {
  const { node, platform, cpus } = machine
  return html`<p>A scenario passes with ${thresholdsText(thresholds)}.</p>
<p>Made by @hangup/check ${tool} on Node ${node}, ${platform}, ${cpus} CPUs. Times are of that machine.</p>`
}

function thresholdsText(thresholds: Thresholds): string {
  const { exitMs, exitCodes, stderrLines } = thresholds
  const most = (['failed', 'lost', 'truncated', 'hung'] as const).map(
    (fate) => `${numberText(thresholds[fate])} ${fate}`,
  )
  const lines = stderrLines === null ? [] : [`${numberText(stderrLines)} lines on stderr`]
  const codes = exitCodes.length > 0 ? ` with code ${exitCodes.join(' or ')}` : ''
  return `at most ${listText([...most, ...lines])}, and an exit within ${timeText(exitMs)}${codes}`
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** In UTC, whatever the machine's zone: the file is read elsewhere. */
function dateText(madeAt: string): string {
  const date = new Date(madeAt)
  return Number.isNaN(date.getTime())
    ? madeAt
    : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

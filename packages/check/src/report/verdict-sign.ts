import type { Verdict } from '../result.ts'
import { type Html, html } from './html.ts'

export const SIGN: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✕', skipped: '–' }

/** The verdict as a word with a sign, so that no colour is needed. */
export function renderVerdict(verdict: Verdict): Html {
  return html`<span class="verdict verdict-${verdict}"><span aria-hidden="true">${SIGN[verdict]}</span> ${verdict}</span>`
}

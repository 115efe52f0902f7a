import type { ConnectionSpan, Fate } from '../result.ts'
import { type Content, type Html, html } from './html.ts'

// How things look: each fate has a colour, a pattern and a sign of its own, so that none rests on colour alone.

/** A coordinate of SVG: pixels, or per cent of the picture's width. */
export type Place = number | string

/** To stand in the page once, before all pictures. */
export const definitions: Html = html`<svg class="definitions" aria-hidden="true" focusable="false"><defs>
<pattern id="p-failed" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" class="fill-failed"/><path d="M0 0H4" class="stripe"/></pattern>
<pattern id="p-lost" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" class="fill-lost"/><path d="M0 0V5" class="stripe"/></pattern>
<pattern id="p-truncated" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="5" height="5" class="fill-truncated"/><path d="M0 0V5" class="stripe"/></pattern>
<pattern id="p-hung" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="4" height="6" class="fill-hung"/></pattern>
<pattern id="p-break" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" class="break-line"/></pattern>
<path id="s-reset" d="M-1 -6L2 -1H-2L1 6"/>
${signs('', 1)}
${signs('-small', 0.65)}
</defs></svg>`

function signs(suffix: string, size: number): Content {
  const at = (x: number, y: number) => `${x * size} ${y * size}`
  return [
    html`<path id="s-lost${suffix}" d="M${at(-4, -4)}L${at(4, 4)}M${at(4, -4)}L${at(-4, 4)}"/>`,
    html`<path id="s-truncated${suffix}" d="M${at(-1, -5)}L${at(2, -2)}L${at(-2, 1)}L${at(1, 5)}"/>`,
    html`<path id="s-hung${suffix}" d="M${at(-3, -4.5)}L${at(4, 0)}L${at(-3, 4.5)}Z"/>`,
    html`<path id="s-failed${suffix}" d="M${at(-4, 4)}L${at(0, -4.5)}L${at(4, 4)}Z"/>`,
    html`<path id="s-refused${suffix}" d="M${at(-4.5, 0)}L${at(0, -4.5)}L${at(4.5, 0)}L${at(0, 4.5)}Z"/>`,
    html`<circle id="s-left${suffix}" r="${3.2 * size}"/>`,
  ]
}

export interface BarShape {
  readonly fate: Fate
  readonly x: Place
  /** Without one only its sign is drawn. */
  readonly width?: Place | undefined
  /** Where it ends: there stands its sign. */
  readonly end: Place
  /** Its middle. */
  readonly y: number
  readonly height: number
}

/** From this height on there is room for the larger signs, and for how connections end. */
const LARGE_PX = 7

export function drawBar({ fate, x, width, end, y, height }: BarShape): Html {
  const suffix = height < LARGE_PX && '-small'
  const bar = html`<rect x="${x}" width="${width}" y="${y - height / 2}" height="${height}" rx="${Math.min(2, height / 4)}" class="bar-${fate}"/>`
  const sign = html`<use href="#s-${fate}${suffix}" x="${end}" y="${y}" class="sign sign-${fate}"/>`
  return html`${width !== undefined && bar}${fate !== 'answered' && sign}`
}

export interface WireShape {
  readonly how: ConnectionSpan['how']
  readonly x: Place
  readonly end: Place
  readonly y: number
  /** Of the bars on it. */
  readonly barHeight: number
}

export function drawWire({ how, x, end, y, barHeight }: WireShape): Html {
  const line = html`<line x1="${x}" x2="${end}" y1="${y}" y2="${y}" class="wire"/>`
  return html`${line}${barHeight >= LARGE_PX && drawEnd(how, end, y)}`
}

function drawEnd(how: ConnectionSpan['how'], x: Place, y: number): Content {
  if (how === 'end') {
    return html`<line x1="${x}" x2="${x}" y1="${y - 4}" y2="${y + 4}" class="wire"/>`
  }
  if (how === 'reset') {
    return html`<use href="#s-reset" x="${x}" y="${y}" class="wire-reset"/>`
  }
  return undefined
}

export type Period = 'closing' | 'gone' | 'break'

export function drawPeriod(period: Period, x: Place, width: Place, height: number): Html {
  const area = html`<rect x="${x}" width="${width}" y="0" height="${height}" class="${period}"/>`
  const pattern = html`<rect x="${x}" width="${width}" y="0" height="${height}" class="break-pattern"/>`
  return html`${area}${period === 'break' && pattern}`
}

export function barSample(fate: Fate): Html {
  return sample(drawBar({ fate, x: 1, width: 20, end: 21, y: 7, height: 8 }))
}

export function wireSample(how: ConnectionSpan['how']): Html {
  return sample(drawWire({ how, x: 1, end: 21, y: 7, barHeight: 8 }))
}

export function periodSample(period: Period): Html {
  return sample(html`${drawPeriod(period, 0, 22, 14)}<rect width="22" height="14" class="edge"/>`)
}

function sample(content: Html): Html {
  return html`<svg class="sample" width="28" height="14" aria-hidden="true" focusable="false">${content}</svg>`
}

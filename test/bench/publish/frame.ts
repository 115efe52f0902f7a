export const WIDTH = 860
/** Where the body of a frame begins. */
export const TOP = 74

export interface Frame {
  readonly title: string
  /** What is seen, and when it was measured. */
  readonly caption: string
  /** Where the body ends. */
  readonly bottom: number
  readonly body: string
  /** Of this kind of picture alone. */
  readonly style?: string
}

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

/** A picture that says its title and caption to those who do not see it. */
export function renderFrame({ title, caption, bottom, body, style = '' }: Frame): string {
  const height = bottom + 6
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(caption)}</desc>
<style>${STYLE}${style}
</style>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="3" class="card"/>
<text x="24" y="32" class="head">${escaped(title)}</text>
<text x="24" y="52">${escaped(caption)}</text>
${body}
</svg>
`
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

export function tenths(figure: number): number {
  return Math.round(figure * 10) / 10
}

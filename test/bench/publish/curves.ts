import { escaped, renderFrame, TOP, tenths, WIDTH } from './frame.ts'

/** Something that was followed from its beginning to its end, each in its own time. */
export interface Curve {
  readonly isOurs: boolean
  readonly values: readonly number[]
}

/** Panels one below the other, all from zero on and of one scale. */
export interface Curves {
  readonly title: string
  readonly caption: string
  readonly unit: string
  readonly panels: readonly { readonly name: string; readonly curves: readonly Curve[] }[]
}

const STYLE = `
.curve { stroke-width: 1.5 } .curve.ours { fill: none; stroke: #0969da } .curve.other { fill: none; stroke: #8c959f }
.axis { stroke: #d0d7de }
@media (prefers-color-scheme: dark) {
  .curve.ours { stroke: #4493f8 } .curve.other { stroke: #656c76 }
  .axis { stroke: #30363d }
}`

const LEFT = 312
const RIGHT = 124
const HEIGHT = 64
const GAP = 18
const POINTS = 120

export function renderCurves({ title, caption, unit, panels }: Curves): string {
  const all = panels.flatMap(({ curves }) => curves.flatMap(({ values }) => values))
  const most = Math.max(...all, 1e-9)
  const body = panels.map(({ name, curves }, at) => {
    const base = TOP + at * (HEIGHT + GAP) + HEIGHT
    const lines = curves.map(({ isOurs, values }) => {
      const path = pathOf(values, base, most)
      return `<path d="${path}" class="curve ${isOurs ? 'ours' : 'other'}"/>`
    })
    return [
      `<text x="24" y="${base - HEIGHT / 2}" class="group">${escaped(name)}</text>`,
      `<path d="M${LEFT} ${base}H${WIDTH - RIGHT}" class="axis"/>`,
      ...lines,
      ...curves.map(
        ({ isOurs, values }, row) =>
          `<text x="${WIDTH - RIGHT + 8}" y="${base - HEIGHT / 2 + row * 16}">${escaped(
            `${isOurs ? 'ours' : 'without'} ${Math.max(...values).toFixed(0)} ${unit}`,
          )}</text>`,
      ),
    ].join('\n')
  })
  const bottom = TOP + panels.length * (HEIGHT + GAP)
  return renderFrame({ title, caption, bottom, body: body.join('\n'), style: STYLE })
}

function pathOf(values: readonly number[], base: number, most: number): string {
  const shown = thinned(values)
  const x = (at: number) => LEFT + (at / Math.max(1, shown.length - 1)) * (WIDTH - LEFT - RIGHT)
  const y = (value: number) => base - (value / most) * HEIGHT
  return `M${shown.map((value, at) => `${tenths(x(at))} ${tenths(y(value))}`).join('L')}`
}

/** The highest of each part: nothing is smoothed away. */
function thinned(values: readonly number[]): number[] {
  const size = Math.ceil(values.length / POINTS)
  return Array.from({ length: Math.ceil(values.length / size) }, (_, part) =>
    Math.max(...values.slice(part * size, (part + 1) * size)),
  )
}

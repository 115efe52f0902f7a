import { describe, expect, it } from 'vitest'
import {
  type Label,
  lengthPx,
  type Placement,
  placeLabels,
} from '../../../packages/check/src/report/mark-labels.ts'

const WIDTH = 640

describe('placeLabels', () => {
  it('puts what is far apart into one row, each on the right of its line', () => {
    const placed = placeLabels([label('SIGTERM', 0.1), label('exit', 0.7)], WIDTH)
    expect(sorted(placed)).toMatchObject([
      { text: 'SIGTERM', side: 'right', row: 0 },
      { text: 'exit', side: 'right', row: 0 },
    ])
  })

  it('turns a label at the edge to the left', () => {
    expect(placeLabels([label('the process ended', 0.98)], WIDTH)).toMatchObject([{ side: 'left' }])
  })

  it('cuts a text that fits on no side', () => {
    const [only] = placeLabels([label('x'.repeat(400), 0.5)], WIDTH)
    expect(only?.text).toMatch(/^x{20,60}…$/)
    expect(lengthPx(only?.text ?? '')).toBeLessThanOrEqual(WIDTH / 2)
  })

  it.each([
    [0.5, 0.5, 0.5, 0.5],
    [0.6, 0.62, 0.66, 0.95],
    [0.01, 0.02, 0.5, 1],
    [0, 0.3, 0.6, 0.9],
    [0.97, 0.98, 0.99, 1],
    [0.3, 0.31, 0.9, 0.91],
    [0.5, 0.75, 0.98, 0.99],
    [0.28, 0.36, 0.5, 1],
  ])('keeps texts apart and free of lines at %s, %s, %s, %s', (...places) => {
    const names = ['SIGTERM sent', 'connections are refused', 'the last byte', 'exit with code 0']
    const placed = placeLabels(
      places.map((x, index) => label(names[index] ?? '', x)),
      WIDTH,
    )
    expect(placed).toHaveLength(places.length)
    for (const one of placed) {
      const [left, right] = edges(one)
      expect(left).toBeGreaterThanOrEqual(0)
      expect(right).toBeLessThanOrEqual(WIDTH)
      for (const other of placed) {
        if (other === one) continue
        const [otherLeft, otherRight] = edges(other)
        const sameRow = one.row === other.row
        expect(sameRow && left < otherRight && right > otherLeft, 'two texts in one place').toBe(
          false,
        )
        const line = other.x * WIDTH
        const crossed = other.row > one.row && line > left && line < right
        expect(crossed, `the line of ${other.text} runs through ${one.text}`).toBe(false)
      }
    }
  })

  it('keeps fifty in one place apart', () => {
    const placed = placeLabels(
      Array.from({ length: 50 }, (_, index) => label(`mark ${index}`, 0.5)),
      WIDTH,
    )
    expect(new Set(placed.map(({ row, side }) => `${row} ${side}`)).size).toBe(50)
  })
})

function label(text: string, x: number): Label {
  return { text, x }
}

function sorted<Item extends Label>(placed: readonly Item[]): Item[] {
  return placed.toSorted((a, b) => a.x - b.x)
}

function edges({ text, x, side }: Label & Placement): [left: number, right: number] {
  const line = x * WIDTH
  return side === 'right' ? [line, line + lengthPx(text)] : [line - lengthPx(text), line]
}

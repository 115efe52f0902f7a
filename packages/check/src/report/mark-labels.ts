/** Where a label stands beside the line of its moment. */
export interface Placement {
  readonly side: 'right' | 'left'
  /** Counted from the picture upward; the line goes from its label down to the picture. */
  readonly row: number
}

export interface Label {
  readonly text: string
  /** Of its line, from 0 to 1. */
  readonly x: number
}

interface Box<Item> {
  readonly label: Item
  readonly side: Placement['side']
  readonly linePx: number
  readonly left: number
  readonly right: number
}

interface Stack<Item> {
  readonly placed: readonly (Box<Item> & Placement)[]
  /** Lines that run through a text: the less the better, before all else. */
  readonly crossings: number
  readonly rows: number
}

/** At 12 pixels, on average, in DejaVu Sans: the widest of the usual fonts. */
const CHARACTER_PX = { small: 7, capital: 8.6, wide: 13 }
const GAP_PX = 8
/** With more labels than a check has marks, each stands on the first side where it fits. */
const MOST_TRIED = 6

/**
 * Keeps texts apart in a picture of `widthPx`, which is the least width that it will have: in a wider one they
 * stand farther apart. Of all ways it takes the one with the fewest lines that run through a text, then the one
 * with the fewest rows. A text that fits on no side is cut.
 */
export function placeLabels<Item extends Label>(
  labels: readonly Item[],
  widthPx: number,
): (Item & Placement)[] {
  const sides = labels.map((label) => sidesOf(label, widthPx))
  const ways = labels.length > MOST_TRIED ? [sides.map(([first]) => first)] : combine(sides)
  const [best] = ways.map(stackUp).sort((a, b) => a.crossings - b.crossings || a.rows - b.rows)
  return (best?.placed ?? []).map(({ label, side, row }) => ({ ...label, side, row }))
}

export function lengthPx(text: string): number {
  let length = GAP_PX
  for (const character of text) {
    length += CHARACTER_PX[widthOf(character)]
  }
  return length
}

function widthOf(character: string): keyof typeof CHARACTER_PX {
  if (character > '\u02ff') return 'wide'
  return character >= 'A' && character <= 'Z' ? 'capital' : 'small'
}

function sidesOf<Item extends Label>(
  label: Item,
  widthPx: number,
): readonly [Box<Item>, ...Box<Item>[]] {
  const linePx = label.x * widthPx
  const length = lengthPx(label.text)
  const right = { label, side: 'right', linePx, left: linePx, right: linePx + length } as const
  const left = { label, side: 'left', linePx, left: linePx - length, right: linePx } as const
  if (right.right <= widthPx) return left.left >= 0 ? [right, left] : [right]
  return [left.left >= 0 ? left : cutToFit(label, linePx, widthPx)]
}

function cutToFit<Item extends Label>(label: Item, linePx: number, widthPx: number): Box<Item> {
  const isRight = linePx < widthPx / 2
  const space = isRight ? widthPx - linePx : linePx
  let text = ''
  for (const character of label.text) {
    if (lengthPx(`${text}${character}…`) > space) break
    text += character
  }
  const cut = { ...label, text: `${text.trimEnd()}…` }
  return isRight
    ? { label: cut, side: 'right', linePx, left: linePx, right: widthPx }
    : { label: cut, side: 'left', linePx, left: 0, right: linePx }
}

function combine<Choice>(choices: readonly (readonly Choice[])[]): Choice[][] {
  return choices.reduce<Choice[][]>(
    (ways, next) => ways.flatMap((way) => next.map((choice) => [...way, choice])),
    [[]],
  )
}

/** From below: next comes one whose text covers no line that has still to come down from above. */
function stackUp<Item>(boxes: readonly Box<Item>[]): Stack<Item> {
  const left = [...boxes]
  const placed: (Box<Item> & Placement)[] = []
  let crossings = 0
  let rows = 0
  while (left.length > 0) {
    const covered = (box: Box<Item>) => left.filter((other) => covers(box, other)).length
    const next = left.reduce((best, box) => (covered(box) < covered(best) ? box : best))
    crossings += covered(next)
    left.splice(left.indexOf(next), 1)
    const below = placed.filter((other) => other.left < next.right && other.right > next.left)
    const row = below.reduce((least, other) => Math.max(least, other.row + 1), 0)
    placed.push({ ...next, row })
    rows = Math.max(rows, row + 1)
  }
  return { placed, crossings, rows }
}

function covers(box: Box<unknown>, { linePx }: Box<unknown>): boolean {
  return box.left < linePx && linePx < box.right
}

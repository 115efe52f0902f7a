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
  readonly left: number
  readonly right: number
}

/** Generous: the widest of the usual fonts, DejaVu Sans, has 0.6 em on average. */
const CHARACTER_PX = 7.6
const WIDE_CHARACTER_PX = 13
const GAP_PX = 8

/**
 * Puts labels in as few rows as keep them apart in a picture of `widthPx`, which is the least width that it
 * will have: in a wider one they stand farther apart. Where there is a way, no line runs through a label. A
 * text that fits on no side is cut.
 */
export function placeLabels<Item extends Label>(
  labels: readonly Item[],
  widthPx: number,
): (Item & Placement)[] {
  const boxes: Box<Item>[] = []
  for (const label of labels.toSorted((a, b) => b.x - a.x)) {
    const linePx = label.x * widthPx
    const length = lengthPx(label.text)
    const toRight: Box<Item> = { label, side: 'right', left: linePx, right: linePx + length }
    const toLeft: Box<Item> = { label, side: 'left', left: linePx - length, right: linePx }
    // Beside one that stands left of its line, this one stands left too: their lines keep clear.
    const isClear = !boxes.some((box) => box.side === 'left' && overlap(box, toRight))
    const fitting = [isClear && toRight, toLeft, toRight].find((box) => box && isIn(box, widthPx))
    boxes.push(fitting || cutToFit(label, widthPx))
  }

  // Upward on the left side, downward on the right one: the longest line is the outermost.
  const lefts = boxes.filter(({ side }) => side === 'left').reverse()
  const rights = boxes.filter(({ side }) => side === 'right')
  const placed: (Box<Item> & Placement)[] = []
  for (const box of [...lefts, ...rights]) {
    const below = placed.filter((other) => overlap(other, box))
    placed.push({ ...box, row: below.reduce((row, other) => Math.max(row, other.row + 1), 0) })
  }
  return placed.map(({ label, side, row }) => ({ ...label, side, row }))
}

export function lengthPx(text: string): number {
  let length = GAP_PX
  for (const character of text) {
    length += character > '\u02ff' ? WIDE_CHARACTER_PX : CHARACTER_PX
  }
  return length
}

function overlap(a: Box<unknown>, b: Box<unknown>): boolean {
  return a.left < b.right && a.right > b.left
}

function isIn({ left, right }: Box<unknown>, widthPx: number): boolean {
  return left >= 0 && right <= widthPx
}

function cutToFit<Item extends Label>(label: Item, widthPx: number): Box<Item> {
  const linePx = label.x * widthPx
  const isRight = linePx < widthPx / 2
  const space = isRight ? widthPx - linePx : linePx
  let text = ''
  for (const character of label.text) {
    if (lengthPx(`${text}${character}…`) > space) break
    text += character
  }
  const cut = { ...label, text: `${text.trimEnd()}…` }
  return isRight
    ? { label: cut, side: 'right', left: linePx, right: widthPx }
    : { label: cut, side: 'left', left: 0, right: linePx }
}

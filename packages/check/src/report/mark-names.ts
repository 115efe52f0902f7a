import type { Mark } from '../result.ts'
import type { Label } from './mark-labels.ts'
import { timeText } from './time-text.ts'

export interface PlacedMark {
  readonly x: number
  readonly mark: Mark
}

export type MarkLabel = Label & Pick<Mark, 'kind'>

const IN_SHORT: Readonly<Record<Mark['kind'], string>> = {
  sigterm: 'SIGTERM',
  'listener-closed': 'listener closed',
  'last-byte': 'last byte',
  exit: 'exit',
}

export function marksInShort(marks: readonly PlacedMark[], zeroMs: number): MarkLabel[] {
  return marks.map((placed) => labelOf(placed, IN_SHORT[placed.mark.kind], zeroMs))
}

/** How the process ended is worth its words. */
export function marksInFull(marks: readonly PlacedMark[], zeroMs: number): MarkLabel[] {
  return marks.map((placed) => {
    const { kind, label } = placed.mark
    return labelOf(placed, kind === 'exit' ? label : IN_SHORT[kind], zeroMs)
  })
}

/** The time first: what does not fit is cut at the end. */
function labelOf({ x, mark }: PlacedMark, name: string, zeroMs: number): MarkLabel {
  const time = mark.at === zeroMs ? '' : `${timeText(mark.at - zeroMs)}: `
  return { x, kind: mark.kind, text: `${time}${name}` }
}

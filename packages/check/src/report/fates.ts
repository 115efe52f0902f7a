import type { Counts, Fate } from '../result.ts'

/** The fates that are counted, in the order in which they are shown. */
export const COUNTED: readonly (keyof Counts)[] = [
  'answered',
  'refused',
  'failed',
  'lost',
  'truncated',
  'hung',
]

/** From the least to the worst: what is drawn later covers what was drawn before. */
export const FATES: readonly Fate[] = [
  'left',
  'answered',
  'refused',
  'failed',
  'hung',
  'truncated',
  'lost',
]

export const MEANING: Readonly<Record<Fate, string>> = {
  answered: 'a whole answer came',
  refused: 'turned away unworked, so that clients send it elsewhere: no connection, or no stream',
  failed: 'answered with an error of the service, 5xx',
  lost: 'sent, and the connection was closed before any answer',
  truncated: 'an answer began and broke off',
  hung: 'no answer, no end, until the check gave up',
  left: 'the client itself went away, on purpose',
}

/** Whether somebody who waited for an answer did not get it, and cannot know what was done. */
export function isLoss(fate: Fate): boolean {
  return fate === 'failed' || fate === 'lost' || fate === 'truncated' || fate === 'hung'
}

export function severity(fate: Fate): number {
  return FATES.indexOf(fate)
}

import type { Phase } from './errors.ts'

/** What an operator sees of an exchange that is in flight. */
export interface InFlight {
  readonly method: string
  readonly url: string
  readonly route?: string
  readonly ageMs: number
  readonly phase: Phase
  /** Its client has left, its handler still runs. */
  readonly isClientGone: boolean
}

/** The same, as an exchange knows it. */
export interface Known extends Omit<InFlight, 'route'> {
  readonly route: string | undefined
}

export function inFlight({ method, url, route, ageMs, phase, isClientGone }: Known): InFlight {
  return { method, url, ...(route !== undefined && { route }), ageMs, phase, isClientGone }
}

import { performance } from 'node:perf_hooks'
import type { Known } from './in-flight.ts'

/**
 * What is kept of an exchange whose outcome is known while its handler still runs: nothing of its request and its
 * response, which are what weighs.
 */
export class Straggler implements Known {
  readonly method: string
  readonly url: string
  readonly route: string | undefined
  readonly phase: Known['phase']
  readonly isClientGone: boolean
  private readonly began: number

  constructor({ method, url, route, phase, isClientGone, began }: Known & { began: number }) {
    this.method = method
    this.url = url
    this.route = route
    this.phase = phase
    this.isClientGone = isClientGone
    this.began = began
  }

  get ageMs(): number {
    return Math.round(performance.now() - this.began)
  }
}

/** The exchange's hold on its straggler, and nobody else's: it is forgotten with the exchange. */
export class Hold {
  readonly straggler: Straggler

  constructor(straggler: Straggler) {
    this.straggler = straggler
  }
}

/**
 * Handlers that run on after their outcome. One that gave up in silence (in callbacks, or on a promise that nobody
 * settles) is over when its exchange is forgotten.
 */
export interface StragglerSet extends Iterable<Straggler> {
  readonly size: number
  add(straggler: Straggler): Hold
  delete(hold: Hold): void
}

/** Nearly every handler settles within it, and to hear of garbage costs as much as the rest of its end. */
const REGISTER_AFTER_MS = 100

/** @param forgotten called when a straggler has been forgotten. */
export function createStragglerSet(forgotten: () => void): StragglerSet {
  const all = new Set<Straggler>()
  let recent: Hold[] = []
  const garbage = new FinalizationRegistry<Straggler>((straggler) => {
    if (all.delete(straggler)) forgotten()
  })

  function register(): void {
    for (const hold of recent) if (all.has(hold.straggler)) garbage.register(hold, hold.straggler)
    recent = []
  }

  return {
    get size() {
      return all.size
    },
    [Symbol.iterator]: () => all.values(),
    add(straggler) {
      all.add(straggler)
      const hold = new Hold(straggler)
      if (recent.push(hold) === 1) setTimeout(register, REGISTER_AFTER_MS).unref()
      return hold
    },
    delete(hold) {
      all.delete(hold.straggler)
    },
  }
}

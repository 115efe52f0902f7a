import type { State } from './drain.ts'
import type { HealthOptions } from './options.ts'

export interface HealthAnswer {
  readonly status: 200 | 503
  readonly word: string
}

export interface Health {
  /** The answer for this url, where it is one of the probes' paths. */
  answer(url: string, state: State): HealthAnswer | undefined
}

/** One word and no more: a probe is read by machines, and may be reached by anybody. */
export function createHealth({ live, ready }: Readonly<HealthOptions>): Health {
  return {
    answer(url, state) {
      const query = url.indexOf('?')
      const path = query < 0 ? url : url.slice(0, query)
      if (path === live) return { status: 200, word: 'live\n' }
      if (path === ready) return readiness(state)
      return undefined
    },
  }
}

export function readiness(state: State): HealthAnswer {
  return state === 'serving'
    ? { status: 200, word: 'ready\n' }
    : { status: 503, word: `${state}\n` }
}

/** What became of the requests of clients that wait for their answers. */
export interface Tally {
  readonly requests: number
  /** Requests that got no whole answer with the status 200. */
  readonly lost: number
  /** Why, and how often. */
  readonly losses: ReadonlyMap<string, number>
  answered(): void
  lose(why: string): void
}

export function createTally(): Tally {
  const losses = new Map<string, number>()
  let requests = 0
  let lost = 0
  return {
    get requests() {
      return requests
    },
    get lost() {
      return lost
    },
    losses,
    answered() {
      requests++
    },
    lose(why) {
      requests++
      lost++
      losses.set(why, (losses.get(why) ?? 0) + 1)
    },
  }
}

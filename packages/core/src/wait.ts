/** Waits for a condition that others bring about, for a bounded time. */
export interface Wait {
  /** Resolves once `isMet()` or after `ms`, whichever comes first; tells whether it was met. */
  until(isMet: () => boolean, ms: number): Promise<boolean>
  /** Looks at the condition again. */
  changed(): void
  /** Ends this wait, and every later one, at once. */
  giveUp(): void
}

export function createWait(): Wait {
  let look: () => void = () => {}
  let isOver = false
  return {
    async until(isMet, ms) {
      if (isMet() || isOver || ms <= 0) return isMet()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        look = () => {
          if (!isMet() && !isOver) return
          clearTimeout(timer)
          resolve()
        }
      })
      look = () => {}
      return isMet()
    },
    changed() {
      look()
    },
    giveUp() {
      isOver = true
      look()
    },
  }
}

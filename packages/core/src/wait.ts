/** Waits for a condition that others bring about, for a bounded time. */
export interface Wait {
  /** Resolves once `isMet()` or after `ms`, whichever comes first; tells whether it was met. */
  until(isMet: () => boolean, ms: number): Promise<boolean>
  /** Looks at the condition again. */
  changed(): void
}

export function createWait(): Wait {
  let look: () => void = () => {}
  return {
    async until(isMet, ms) {
      if (isMet() || ms <= 0) return isMet()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        look = () => {
          if (!isMet()) return
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
  }
}

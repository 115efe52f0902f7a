/** Resident memory of this process, in MiB, as time went. */
export interface Curve {
  readonly mib: readonly number[]
}

const EVERY_MS = 20

/** Weighs this process until it is asked what it saw. */
export function createScale() {
  const mib: number[] = []
  let timer: NodeJS.Timeout | undefined

  function weigh(): void {
    mib.push(process.memoryUsage.rss() / (1 << 20))
  }

  return {
    watch(): object {
      mib.length = 0
      weigh()
      timer = setInterval(weigh, EVERY_MS)
      return {}
    },
    watched(): Curve {
      clearInterval(timer)
      weigh()
      return { mib: [...mib] }
    },
  }
}

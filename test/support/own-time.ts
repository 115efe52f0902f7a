const EVERY_MS = 5
/** So late may a timer be by itself. */
const LATE_MS = 10

/**
 * A clock for upper bounds, which a busy machine must not break: it counts the milliseconds that this process
 * waited or worked, and not those for which others had its processor. Returns what stops and reads it.
 */
export function startClock(): () => number {
  let ms = 0
  let at = performance.now()
  let cpu = process.cpuUsage()

  function count(): void {
    const { user, system } = process.cpuUsage(cpu)
    const passed = performance.now() - at
    ms += Math.min(passed, Math.max(LATE_MS, (user + system) / 1_000))
    at += passed
    cpu = process.cpuUsage()
  }

  const counting = setInterval(count, EVERY_MS)
  return () => {
    clearInterval(counting)
    count()
    return ms
  }
}

const EVERY_MS = 5
/** So late may a timer be by itself. */
const LATE_MS = 10

let ownMs = 0
let at = 0
let cpu = process.cpuUsage()
let ticking: NodeJS.Timeout | undefined
const hands = new Set<() => void>()

/**
 * A clock for upper bounds, which a busy machine must not break: it counts the milliseconds that this process
 * waited or worked, and not those for which others had its processor. `onTick` is called as it goes.
 * Returns what stops and reads it.
 */
export function startClock(onTick: (ms: number) => void = () => {}): () => number {
  if (ticking === undefined) start()
  count()
  const beganAt = ownMs
  const tick = () => onTick(ownMs - beganAt)
  hands.add(tick)
  return () => {
    count()
    hands.delete(tick)
    if (hands.size === 0) stop()
    return ownMs - beganAt
  }
}

function start(): void {
  at = performance.now()
  cpu = process.cpuUsage()
  ticking = setInterval(() => {
    count()
    for (const tick of hands) tick()
  }, EVERY_MS)
}

function stop(): void {
  clearInterval(ticking)
  ticking = undefined
}

function count(): void {
  const { user, system } = process.cpuUsage(cpu)
  const passed = performance.now() - at
  ownMs += Math.min(passed, Math.max(LATE_MS, (user + system) / 1_000))
  at += passed
  cpu = process.cpuUsage()
}

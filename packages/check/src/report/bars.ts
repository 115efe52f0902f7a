import type { Fate, RequestSpan } from '../result.ts'
import type { LaneGroup } from './lanes.ts'
import type { TimeScale } from './time-scale.ts'

/** x from 0 to 1 of the picture's width, y in pixels. */
export interface Bar {
  readonly x0: number
  readonly x1: number
  /** Its middle. */
  readonly y: number
  readonly fate: Fate
  /** One, or several of the same fate that would touch. */
  readonly requests: readonly RequestSpan[]
}

/** So that the shortest request is seen. */
const LEAST = 0.004
const TOUCHING = 0.001

/** The requests of a connection as bars, each at least so long that it is seen, and within the picture. */
export function barsOf(group: LaneGroup, scale: TimeScale, endMs: number, lanePx: number): Bar[] {
  return group.rows.flatMap((requests, row) => {
    const y = (group.lane + row + 0.5) * lanePx
    const bars: (Bar & { x1: number; requests: RequestSpan[] })[] = []
    for (const request of requests) {
      const start = scale.x(request.from)
      const x1 = Math.min(1, Math.max(scale.x(request.to ?? endMs), start + LEAST))
      const x0 = Math.min(start, x1 - LEAST)
      const last = bars.at(-1)
      if (last?.fate === request.fate && x0 - last.x1 < TOUCHING) {
        last.x1 = Math.max(x1, last.x1)
        last.requests.push(request)
      } else {
        bars.push({ x0, x1, y, fate: request.fate, requests: [request] })
      }
    }
    return bars
  })
}

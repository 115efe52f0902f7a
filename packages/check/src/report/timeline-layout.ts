import type { ConnectionSpan, Timeline } from '../result.ts'
import { type Bar, barsOf } from './bars.ts'
import { severity } from './fates.ts'
import { packLanes } from './lanes.ts'
import { type Placement, placeLabels } from './mark-labels.ts'
import { type MarkLabel, marksInFull, marksInShort, type PlacedMark } from './mark-names.ts'
import { createTimeScale, type TimeScale } from './time-scale.ts'

/** Where everything stands: x from 0 to 1 of the picture's width, y and heights in pixels. */
export interface TimelineLayout {
  readonly scale: TimeScale
  /** The moment that is called 0: SIGTERM, or the scenario's beginning. */
  readonly zeroMs: number
  readonly heightPx: number
  readonly barPx: number
  readonly marks: readonly PlacedMark[]
  /** For a narrow picture, and for a wide one. */
  readonly labels: Readonly<Record<Width, readonly (MarkLabel & Placement)[]>>
  readonly connections: readonly Wire[]
  /** The worst last: they cover the others. */
  readonly bars: readonly Bar[]
  readonly leftOut: { readonly connections: number; readonly requests: number }
}

export type Width = 'narrow' | 'wide'

export interface Wire {
  readonly x0: number
  readonly x1: number
  /** Its upper edge. */
  readonly y: number
  readonly heightPx: number
  /** How many requests it carried at a time. */
  readonly rows: number
  readonly how: ConnectionSpan['how']
}

/** The least that a picture is wide, in pixels: on a small phone, and from the width on at which `wide` is shown. */
const PICTURE_PX: Readonly<Record<Width, number>> = { narrow: 280, wide: 640 }
const LANES_PX = 330
const LANE_PX = { least: 3, most: 16 }
const LEAST_BAR_PX = 2
const MOST_LANES = 150
export function layOutTimeline(timeline: Timeline): TimelineLayout {
  const { endMs, marks, connections, requests, omitted } = timeline
  const zeroMs = marks.find(({ kind }) => kind === 'sigterm')?.at ?? 0
  const scale = createTimeScale(endMs, momentsOf(timeline), zeroMs)
  const lanes = packLanes(connections, requests, {
    endMs,
    apartMs: endMs * 0.008,
    most: MOST_LANES,
  })
  const lanePx = within(Math.floor(LANES_PX / Math.max(1, lanes.count)), LANE_PX)
  const bars = lanes.groups.flatMap((group) => barsOf(group, scale, endMs, lanePx))
  const shown = bars.reduce((sum, bar) => sum + bar.requests.length, 0)
  const placed = marks.map((mark) => ({ x: scale.x(mark.at), mark }))

  return {
    scale,
    zeroMs,
    heightPx: Math.max(lanes.count, 2) * lanePx,
    barPx: Math.max(LEAST_BAR_PX, Math.round(lanePx * 0.6)),
    marks: placed,
    labels: {
      narrow: placeLabels(marksInShort(placed, zeroMs), PICTURE_PX.narrow),
      wide: placeLabels(marksInFull(placed, zeroMs), PICTURE_PX.wide),
    },
    connections: lanes.groups.map(({ connection, from, to, lane, rows }) => ({
      x0: scale.x(from),
      x1: scale.x(to),
      y: lane * lanePx,
      heightPx: rows.length * lanePx,
      rows: rows.length,
      how: connection.how,
    })),
    bars: bars.sort((a, b) => severity(a.fate) - severity(b.fate)),
    leftOut: {
      connections: omitted.connections + lanes.leftOut,
      requests: omitted.requests + requests.length - shown,
    },
  }
}

function momentsOf({ marks, connections, requests, endMs }: Timeline): number[] {
  return [
    ...marks.map(({ at }) => at),
    ...connections.flatMap(({ openedAt, closedAt }) => [openedAt, closedAt ?? endMs]),
    ...requests.flatMap(({ from, to }) => [from, to ?? endMs]),
  ]
}

function within(value: number, { least, most }: { least: number; most: number }): number {
  return Math.min(most, Math.max(least, value))
}

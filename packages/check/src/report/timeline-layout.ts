import type { ConnectionSpan, Fate, Mark, RequestSpan, Timeline } from '../result.ts'
import { severity } from './fates.ts'
import { type LaneGroup, packLanes } from './lanes.ts'
import { type Label, type Placement, placeLabels } from './mark-labels.ts'
import { createTimeScale, type TimeScale } from './time-scale.ts'
import { timeText } from './time-text.ts'

/** Where everything stands: x from 0 to 1 of the picture's width, y and heights in pixels. */
export interface TimelineLayout {
  readonly scale: TimeScale
  /** The moment that is called 0: SIGTERM, or the scenario's beginning. */
  readonly zeroMs: number
  readonly heightPx: number
  readonly barPx: number
  readonly marks: readonly PlacedMark[]
  /** For a narrow picture, and for a wide one. */
  readonly labels: Readonly<Record<Width, readonly PlacedLabel[]>>
  readonly connections: readonly Wire[]
  /** The worst last: they cover the others. */
  readonly bars: readonly Bar[]
  readonly leftOut: { readonly connections: number; readonly requests: number }
}

export type Width = 'narrow' | 'wide'

export interface PlacedMark {
  readonly x: number
  readonly mark: Mark
}

export type PlacedLabel = Label & Placement & { readonly kind: Mark['kind'] }

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

export interface Bar {
  readonly x0: number
  readonly x1: number
  /** Its middle. */
  readonly y: number
  readonly fate: Fate
  /** One, or several of the same fate that would touch. */
  readonly requests: readonly RequestSpan[]
}

/** The least that a picture is wide, in pixels: on a small phone, and from the width on at which `wide` is shown. */
const PICTURE_PX: Readonly<Record<Width, number>> = { narrow: 280, wide: 640 }
const LANES_PX = 330
const LANE_PX = { least: 3, most: 16 }
const LEAST_BAR_PX = 2
const MOST_LANES = 150
const LEAST_BAR = 0.004
const TOUCHING = 0.001

const IN_SHORT: Readonly<Record<Mark['kind'], string>> = {
  sigterm: 'SIGTERM',
  'listener-closed': 'listener closed',
  'last-byte': 'last byte',
  exit: 'exit',
}

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
      narrow: placeLabels(labelsOf(placed, zeroMs, inShort), PICTURE_PX.narrow),
      wide: placeLabels(labelsOf(placed, zeroMs, inFull), PICTURE_PX.wide),
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

function barsOf(group: LaneGroup, scale: TimeScale, endMs: number, lanePx: number): Bar[] {
  return group.rows.flatMap((requests, row) => {
    const y = (group.lane + row + 0.5) * lanePx
    const bars: (Bar & { x1: number; requests: RequestSpan[] })[] = []
    for (const request of requests) {
      const start = scale.x(request.from)
      const x1 = Math.min(1, Math.max(scale.x(request.to ?? endMs), start + LEAST_BAR))
      const x0 = Math.min(start, x1 - LEAST_BAR)
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

function labelsOf(marks: readonly PlacedMark[], zeroMs: number, name: (mark: Mark) => string) {
  return marks.map(({ x, mark }) => {
    // The time first: what does not fit is cut at the end.
    const time = mark.at === zeroMs ? '' : `${timeText(mark.at - zeroMs)}: `
    return { x, kind: mark.kind, text: `${time}${name(mark)}` }
  })
}

function inShort({ kind }: Mark): string {
  return IN_SHORT[kind]
}

/** How the process ended is worth its words. */
function inFull({ kind, label }: Mark): string {
  return kind === 'exit' ? label : IN_SHORT[kind]
}

function within(value: number, { least, most }: { least: number; most: number }): number {
  return Math.min(most, Math.max(least, value))
}

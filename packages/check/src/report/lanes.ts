import type { ConnectionSpan, RequestSpan } from '../result.ts'
import { severity } from './fates.ts'

/** A connection with its requests; those that ran at the same time stand in rows of their own. */
export interface LaneGroup {
  readonly connection: ConnectionSpan
  readonly from: number
  readonly to: number
  /** The first of its lanes. */
  readonly lane: number
  readonly rows: readonly (readonly RequestSpan[])[]
}

export interface Lanes {
  readonly count: number
  readonly groups: readonly LaneGroup[]
  /** Connections for which there was no room. Those whose requests were answered go first. */
  readonly leftOut: number
}

type Unplaced = Omit<LaneGroup, 'lane'>

/** Connections share a lane when one ends at least `apartMs` before the next begins. */
export function packLanes(
  connections: readonly ConnectionSpan[],
  requests: readonly RequestSpan[],
  { endMs, apartMs, most }: { endMs: number; apartMs: number; most: number },
): Lanes {
  const requestsOf = new Map<number, RequestSpan[]>(connections.map(({ id }) => [id, []]))
  for (const request of requests) requestsOf.get(request.connection)?.push(request)
  let kept = connections
    .map((connection) => groupUp(connection, requestsOf.get(connection.id) ?? [], endMs, most))
    .sort((a, b) => a.from - b.from)
  let placed = place(kept, apartMs)
  while (placed.count > most && kept.length > 1) {
    kept = theWorst(kept, Math.max(1, Math.floor((kept.length * most) / placed.count)))
    placed = place(kept, apartMs)
  }
  return { ...placed, leftOut: connections.length - kept.length }
}

function groupUp(
  connection: ConnectionSpan,
  requests: readonly RequestSpan[],
  endMs: number,
  mostRows: number,
): Unplaced {
  const rows: RequestSpan[][] = [[]]
  const freeAt = [0]
  let from = connection.openedAt
  let to = connection.closedAt ?? endMs
  for (const request of requests.toSorted((a, b) => a.from - b.from)) {
    const free = freeAt.findIndex((at) => at <= request.from)
    const row = free >= 0 ? free : freeAt.length < mostRows ? freeAt.length : 0
    freeAt[row] = request.to ?? endMs
    rows[row] ??= []
    rows[row].push(request)
    from = Math.min(from, request.from)
    to = Math.max(to, freeAt[row])
  }
  return { connection, from, to, rows }
}

function place(groups: readonly Unplaced[], apartMs: number) {
  const freeAt: number[] = []
  const placed = groups.map((group): LaneGroup => {
    let lane = 0
    while (freeAt.slice(lane, lane + group.rows.length).some((at) => at > group.from)) lane++
    for (let row = 0; row < group.rows.length; row++) freeAt[lane + row] = group.to + apartMs
    return { ...group, lane }
  })
  return { count: freeAt.length, groups: placed }
}

/** In their old order. */
function theWorst(groups: readonly Unplaced[], count: number): Unplaced[] {
  const answered = severity('answered')
  const troubled = groups.filter((group) => worstOf(group) > answered)
  const rest = groups.filter((group) => worstOf(group) <= answered)
  const kept = new Set([
    ...evenly(troubled, count),
    ...evenly(rest, Math.max(0, count - troubled.length)),
  ])
  return groups.filter((group) => kept.has(group))
}

function worstOf({ rows }: Unplaced): number {
  return rows.flat().reduce((worst, { fate }) => Math.max(worst, severity(fate)), -1)
}

function evenly<Item>(items: readonly Item[], count: number): Item[] {
  if (count >= items.length) return [...items]
  const share = count / items.length
  return items.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share))
}

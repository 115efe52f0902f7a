import type { ConnectionSpan, Counts, Fate, Mark, RequestSpan, Timeline } from './result.ts'

/** Writes down what happens in one scenario, and when. */
export interface Recorder {
  readonly counts: Counts
  /** When SIGTERM was sent. */
  readonly sigtermAt: number | undefined
  now(): number
  mark(kind: Mark['kind'], label: string): void
  openConnection(): ConnectionRecord
  beginRequest(connection: number, label: string): RequestRecord
  /** Something of an answer has come. */
  noteBytes(): void
  /** Gives up on what is open: such requests hung. */
  giveUp(): void
  finish(): Timeline
}

export interface ConnectionRecord {
  readonly id: number
  /** Only the first call counts. */
  close(how: NonNullable<ConnectionSpan['how']>): void
}

export interface RequestRecord {
  readonly fate: Fate | undefined
  /** Only the first call counts. */
  settle(fate: Fate, status?: number): void
}

const MAX_CONNECTIONS = 300
const MAX_REQUESTS = 600

type Draft<T> = { -readonly [K in keyof T]: T[K] }
type Beginning = Pick<RequestSpan, 'connection' | 'from' | 'label'>

export function createRecorder(): Recorder {
  const began = performance.now()
  const counts = { answered: 0, refused: 0, failed: 0, lost: 0, truncated: 0, hung: 0 }
  const marks: Mark[] = []
  const connections: Draft<ConnectionSpan>[] = []
  const requests: RequestSpan[] = []
  const open = new Map<RequestRecord, Beginning>()
  let sigtermAt: number | undefined
  let lastByteAt: number | undefined

  function now(): number {
    return Math.round((performance.now() - began) * 10) / 10
  }

  function mark(kind: Mark['kind'], label: string, at = now()): void {
    if (kind === 'sigterm') sigtermAt = at
    if (!marks.some((earlier) => earlier.kind === kind)) marks.push({ at, kind, label })
  }

  function closeConnection(id: number, how: NonNullable<ConnectionSpan['how']>): void {
    const span = connections[id]
    if (span === undefined || span.how !== undefined) return
    span.how = how
    span.closedAt = now()
    if (how === 'refused' && sigtermAt !== undefined) {
      mark('listener-closed', 'the first connection was refused')
    }
  }

  return {
    counts,
    get sigtermAt() {
      return sigtermAt
    },
    now,
    mark,
    openConnection() {
      const span: Draft<ConnectionSpan> = { id: connections.length, openedAt: now() }
      connections.push(span)
      return {
        id: span.id,
        close: (how) => closeConnection(span.id, how),
      }
    },
    beginRequest(connection, label) {
      const beginning = { connection, from: now(), label }
      let settled: Fate | undefined
      const record: RequestRecord = {
        get fate() {
          return settled
        },
        settle(fate, status) {
          if (settled !== undefined) return
          settled = fate
          open.delete(record)
          if (fate !== 'left') counts[fate]++
          requests.push({
            ...beginning,
            ...(fate !== 'hung' && { to: now() }),
            fate,
            ...(status !== undefined && { status }),
          })
        },
      }
      open.set(record, beginning)
      return record
    },
    noteBytes() {
      lastByteAt = now()
    },
    giveUp() {
      for (const [record, { connection }] of [...open]) {
        record.settle('hung')
        closeConnection(connection, 'timeout')
      }
    },
    finish() {
      if (lastByteAt !== undefined && lastByteAt > (sigtermAt ?? Infinity)) {
        mark('last-byte', 'the last byte of an answer', lastByteAt)
      }
      return cut({
        endMs: now(),
        marks: marks.sort((a, b) => a.at - b.at),
        connections,
        requests,
        omitted: { connections: 0, requests: 0 },
      })
    },
  }
}

/** Keeps what went wrong and what is nearest to SIGTERM, and the connections of those. */
function cut(timeline: Timeline): Timeline {
  const sigtermAt = timeline.marks.find(({ kind }) => kind === 'sigterm')?.at ?? 0
  const isFine = ({ fate }: RequestSpan) => fate === 'answered' || fate === 'left'
  const distance = ({ from }: RequestSpan) => Math.abs(from - sigtermAt)
  const requests = [...timeline.requests]
    .sort((a, b) => Number(isFine(a)) - Number(isFine(b)) || distance(a) - distance(b))
    .slice(0, MAX_REQUESTS)
    .sort((a, b) => a.from - b.from)

  const used = new Set(requests.map(({ connection }) => connection))
  const connections = [...timeline.connections]
    .sort((a, b) => Number(used.has(b.id)) - Number(used.has(a.id)))
    .slice(0, Math.max(MAX_CONNECTIONS, used.size))
    .sort((a, b) => a.openedAt - b.openedAt)
  return {
    ...timeline,
    requests,
    connections,
    omitted: {
      connections: timeline.connections.length - connections.length,
      requests: timeline.requests.length - requests.length,
    },
  }
}

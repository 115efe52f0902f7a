import { describe, expect, it } from 'vitest'
import { packLanes } from '../../../packages/check/src/report/lanes.ts'
import {
  layOutTimeline,
  type TimelineLayout,
} from '../../../packages/check/src/report/timeline-layout.ts'
import type {
  ConnectionSpan,
  Fate,
  RequestSpan,
  Timeline,
} from '../../../packages/check/src/result.ts'

describe('packLanes', () => {
  const room = { endMs: 1_000, apartMs: 10, most: 150 }

  it('lets connections share a lane that do not meet', () => {
    const { count, groups } = packLanes(
      [connection(1, 0, 100), connection(2, 50, 200), connection(3, 115, 300)],
      [],
      room,
    )
    expect(count).toBe(2)
    expect(groups.map(({ lane }) => lane)).toEqual([0, 1, 0])
  })

  it('gives requests of one connection that meet rows of their own, and no other connection there', () => {
    const { count, groups } = packLanes(
      [connection(1, 0, 400), connection(2, 10, 300)],
      [request(1, 10, 50), request(1, 20, 60), request(1, 55, 90), request(2, 20, 30)],
      room,
    )
    expect(count).toBe(3)
    expect(groups[0]?.rows.map((row) => row.length)).toEqual([2, 1])
    expect(groups[1]?.lane).toBe(2)
  })

  it('keeps the worst where there is no room for all', () => {
    const connections = Array.from({ length: 900 }, (_, id) => connection(id, id / 10, 900))
    const requests = connections.map(({ id, openedAt }) =>
      request(id, openedAt, 800, id % 30 === 0 ? 'lost' : 'answered'),
    )
    const { count, groups, leftOut } = packLanes(connections, requests, room)
    expect(count).toBeLessThanOrEqual(150)
    expect(groups.length + leftOut).toBe(900)
    const lost = groups.filter(({ rows }) => rows.flat().some(({ fate }) => fate === 'lost'))
    expect(lost).toHaveLength(30)
    const answered = groups.filter((group) => !lost.includes(group)).map(({ from }) => from)
    expect(Math.max(...answered) - Math.min(...answered)).toBeGreaterThan(80)
  })

  it('bears one connection with more requests at a time than there is room', () => {
    const requests = Array.from({ length: 400 }, (_, index) => request(1, index, 900))
    const { count, groups } = packLanes([connection(1, 0, 950)], requests, room)
    expect(count).toBe(150)
    expect(groups[0]?.rows.flat()).toHaveLength(400)
  })
})

describe('layOutTimeline', () => {
  it('places each request within its connection, and within the picture', () => {
    const layout = layOutTimeline(busy(40))
    expectWithin(layout)
    for (const { y, x0, x1 } of layout.bars) {
      const wires = layout.connections.filter(
        (wire) => y > wire.y && y < wire.y + wire.heightPx && x0 >= wire.x0 && x1 <= wire.x1,
      )
      expect(wires).toHaveLength(1)
    }
  })

  it('stays as high as a page for hundreds of connections, and says what it left out', () => {
    for (const count of [1, 30, 150, 800]) {
      const layout = layOutTimeline(busy(count))
      expect(layout.heightPx).toBeLessThanOrEqual(450)
      expect(layout.barPx).toBeGreaterThanOrEqual(2)
      expect(layout.connections.length + layout.leftOut.connections).toBe(count)
      const shown = layout.bars.reduce((sum, bar) => sum + bar.requests.length, 0)
      expect(shown + layout.leftOut.requests).toBe(count * 2)
      expectWithin(layout)
    }
  })

  it('adds what the check itself has left out', () => {
    const timeline = { ...busy(3), omitted: { connections: 4, requests: 5 } }
    expect(layOutTimeline(timeline).leftOut).toEqual({ connections: 4, requests: 5 })
  })

  it('draws a request of no length so that it is seen, also the last', () => {
    const layout = layOutTimeline({
      ...busy(1),
      requests: [request(0, 0, 0), request(0, 1_000, 1_000)],
    })
    expect(layout.bars).toHaveLength(2)
    for (const { x0, x1 } of layout.bars) expect(x1 - x0).toBeGreaterThanOrEqual(0.0039)
    expectWithin(layout)
  })

  it('joins bars that would touch, of one fate only', () => {
    const layout = layOutTimeline({
      ...busy(1),
      requests: [
        request(0, 100, 101),
        request(0, 101, 102),
        request(0, 102, 103, 'lost'),
        request(0, 500, 501),
      ],
    })
    expect(layout.bars.map(({ fate, requests }) => [fate, requests.length])).toEqual([
      ['answered', 2],
      ['answered', 1],
      ['lost', 1],
    ])
  })

  it('draws one that hung to the end', () => {
    const layout = layOutTimeline({
      ...busy(1),
      requests: [{ connection: 0, from: 10, fate: 'hung', label: 'GET /' }],
    })
    expect(layout.bars).toMatchObject([{ fate: 'hung', x1: 1 }])
  })

  it('calls SIGTERM zero', () => {
    const layout = layOutTimeline({
      ...busy(2),
      marks: [
        { at: 400, kind: 'sigterm', label: 'SIGTERM sent' },
        { at: 650, kind: 'exit', label: 'exit with code 0' },
      ],
    })
    expect(layout.zeroMs).toBe(400)
    expect(layout.scale.ticks).toContainEqual({ x: layout.scale.x(400), label: '0' })
    expect(layout.labels.wide.map(({ text }) => text).sort()).toEqual([
      '250 ms: exit with code 0',
      'SIGTERM',
    ])
    expect(layout.labels.narrow.map(({ text }) => text).sort()).toEqual(['250 ms: exit', 'SIGTERM'])
  })
})

function expectWithin({ bars, connections, heightPx, barPx }: TimelineLayout): void {
  for (const { x0, x1, y } of bars) {
    expect(x0).toBeGreaterThanOrEqual(0)
    expect(x1).toBeLessThanOrEqual(1)
    expect(y - barPx / 2).toBeGreaterThanOrEqual(0)
    expect(y + barPx / 2).toBeLessThanOrEqual(heightPx)
  }
  for (const wire of connections) {
    expect(wire.x0).toBeLessThanOrEqual(wire.x1)
    expect(wire.y + wire.heightPx).toBeLessThanOrEqual(heightPx)
  }
}

/** All at the same time, two requests each. */
function busy(count: number): Timeline {
  const ids = Array.from({ length: count }, (_, id) => id)
  return {
    endMs: 1_000,
    marks: [],
    connections: ids.map((id) => connection(id, 0, 900)),
    requests: ids.flatMap((id) => [request(id, 10, 200), request(id, 300, 700)]),
    omitted: { connections: 0, requests: 0 },
  }
}

function connection(id: number, openedAt: number, closedAt: number): ConnectionSpan {
  return { id, openedAt, closedAt, how: 'end' }
}

function request(connection: number, from: number, to: number, fate: Fate = 'answered') {
  return { connection, from, to, fate, label: 'GET /work' } satisfies RequestSpan
}

import { afterEach, expect, it, vi } from 'vitest'
import { createRecorder } from '../../packages/check/src/recorder.ts'

afterEach(() => vi.useRealTimers())

it('keeps what went wrong and what is nearest to SIGTERM, and says how much it left out', () => {
  // Only what is asked for has any duration.
  vi.useFakeTimers({ toFake: ['performance'] })
  const recorder = createRecorder()
  const ask = (fate: 'answered' | 'lost') => {
    const { id, close } = recorder.openConnection()
    recorder.beginRequest(id, 'GET /').settle(fate)
    close('end')
  }
  ask('lost')
  vi.advanceTimersByTime(20)
  for (let count = 0; count < 1_000; count++) ask('answered')
  vi.advanceTimersByTime(20)
  recorder.mark('sigterm', 'SIGTERM sent')
  for (let count = 0; count < 100; count++) ask('answered')

  const { requests, connections, marks, omitted } = recorder.finish()
  const sigtermAt = marks[0]?.at ?? 0
  expect(requests).toHaveLength(600)
  expect(omitted).toEqual({ requests: 501, connections: 501 })
  expect(requests[0]?.fate).toBe('lost')
  expect(requests.filter(({ from }) => from >= sigtermAt)).toHaveLength(100)
  const ids = new Set(connections.map(({ id }) => id))
  expect(requests.every(({ connection }) => ids.has(connection))).toBe(true)
  expect(recorder.counts).toMatchObject({ answered: 1_100, lost: 1 })
})

it('marks each thing once, in order of time', () => {
  const recorder = createRecorder()
  recorder.noteBytes()
  recorder.openConnection().close('refused')
  recorder.mark('sigterm', 'SIGTERM sent')
  recorder.openConnection().close('refused')
  recorder.openConnection().close('refused')
  recorder.mark('exit', 'exit with code 0')
  // The refusal before SIGTERM says nothing, and no byte came after it.
  expect(recorder.finish().marks.map(({ kind }) => kind)).toEqual([
    'sigterm',
    'listener-closed',
    'exit',
  ])
})

import { createHangup, type HangupOptions } from '@hangup/core'
import { describe, expect, it } from 'vitest'

/** What a user may write down wrong, and all of what they are told. */
const WRONG: [given: unknown, told: string][] = [
  [null, 'options must be an object, got null'],
  ['fast', 'options must be an object, got "fast"'],
  [
    { grace: 1 },
    'grace is not an option: remove it, or use one of clientAbort, halfClose, buffer,',
  ],
  [{ graceMs: 1 }, 'graceMs is not an option: remove it, or use drain.graceMs (got 1)'],
  [{ maxBytes: 1 }, 'maxBytes is not an option: remove it, or use buffer.maxBytes (got 1)'],
  // `app.use(hangup)`: Express calls it with a request, Koa with a context.
  [{ socket: {} }, 'options must be an object: call hangup() where you mount it'],
  [{ req: {} }, 'options must be an object: call hangup() where you mount it'],
  [{ clientAbort: 'stop' }, "clientAbort must be 'signal' or 'ignore', got \"stop\""],
  [{ halfClose: true }, "halfClose must be 'abort' or 'respond', got true"],
  [{ buffer: true }, 'buffer must be an object or false, got true'],
  [
    { buffer: { maxBytes: -1 } },
    'buffer.maxBytes must be a non-negative whole number of bytes, got -1',
  ],
  [
    { buffer: { maxBytes: 1.5 } },
    'buffer.maxBytes must be a non-negative whole number of bytes, got 1.5',
  ],
  [
    { buffer: { maxDelayMs: '1s' } },
    'buffer.maxDelayMs must be a non-negative number of milliseconds, got "1s"',
  ],
  [
    { buffer: { size: 1 } },
    'buffer.size is not an option: remove it, or use one of maxBytes, maxDelayMs (got 1)',
  ],
  [{ deadlineMs: Number.NaN }, 'deadlineMs must be a non-negative number of milliseconds, got NaN'],
  [
    { deadlineMs: 2 ** 31 },
    'deadlineMs must be at most 2147483647 milliseconds, which is 24.8 days, got 2147483648',
  ],
  [{ context: 'yes' }, 'context must be true or false, got "yes"'],
  [
    { drain: { graceMs: '20s' } },
    'drain.graceMs must be a non-negative number of milliseconds, got "20s"',
  ],
  [
    { drain: { gracems: 1 } },
    'drain.gracems is not an option: remove it, or use one of unreadyMs, graceMs,',
  ],
  [{ drain: 5 }, 'drain must be an object, got 5'],
  [
    { signals: 'SIGTERM' },
    "signals must be a list of signal names such as ['SIGTERM', 'SIGINT'], or false, got \"SIGTERM\"",
  ],
  [
    { signals: ['TERM'] },
    "signals must be a list of signal names such as ['SIGTERM', 'SIGINT'], or false, got \"TERM\"",
  ],
  [
    { signals: ['SIGTREM'] },
    "signals must be a list of signal names such as ['SIGTERM', 'SIGINT'], or false, got \"SIGTREM\"",
  ],
  [
    { signals: [undefined] },
    "signals must be a list of signal names such as ['SIGTERM', 'SIGINT'], or false, got undefined",
  ],
  [
    { signals: ['SIGKILL'] },
    'signals must be a list of signals that a process can handle, got "SIGKILL"',
  ],
  [
    { health: 'yes' },
    'health must be true, false or an object such as { ready: \'/readyz\' }, got "yes"',
  ],
  [
    { health: { ready: 'readyz' } },
    'health.ready must be a path that starts with \'/\', got "readyz"',
  ],
  [
    { health: { path: '/' } },
    'health.path is not an option: remove it, or use one of live, ready (got "/")',
  ],
  [{ http2: 'close' }, "http2 must be 'goaway' or 'two-step', got \"close\""],
  [
    { logger: console.log },
    'logger must be an object with the methods debug, info, warn and error, got a function "log"',
  ],
  [
    { logger: { info() {} } },
    'logger must be an object with the methods debug, info, warn and error (debug is missing), got an object (Object)',
  ],
  [{ onSettled: 1 }, 'onSettled must be a function, got 1'],
  [{ onPhase: {} }, 'onPhase must be a function, got an object (Object)'],
]

describe('options', () => {
  for (const [given, told] of WRONG) {
    it(`refuses ${JSON.stringify(given)} when it is given`, () => {
      let error: unknown
      try {
        createHangup(given as HangupOptions)
      } catch (thrown) {
        error = thrown
      }
      expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_HANGUP_OPTION' })
      expect(String(error)).toContain(told)
    })
  }

  it('never changes what it was given', () => {
    const given = Object.freeze({ drain: Object.freeze({ graceMs: 1 }), buffer: Object.freeze({}) })
    expect(() => createHangup(given)).not.toThrow()
  })

  it('takes all of them at once', () => {
    const options: HangupOptions = {
      clientAbort: 'ignore',
      halfClose: 'respond',
      buffer: { maxBytes: 0, maxDelayMs: 0 },
      deadlineMs: 1,
      context: true,
      drain: { unreadyMs: 1, graceMs: 1, abortMs: 1, closeMs: 1, idleGraceMs: 1 },
      signals: ['SIGUSR2', 'SIGUSR2'],
      health: { live: '/live' },
      http2: 'goaway',
      logger: console,
      onSettled() {},
      onPhase() {},
    }
    expect(() => createHangup(options)).not.toThrow()
  })
})

describe('onClose', () => {
  const hang = createHangup()
  hang.onClose('db', () => {})

  for (const [name, args, told] of [
    ['a name that is no string', [5, () => {}], 'onClose name must be a non-empty string, got 5'],
    [
      'a name used before',
      ['db', () => {}],
      'onClose name must be a name not used before, got "db"',
    ],
    ['no function', ['x'], 'onClose("x") function must be a function, got undefined'],
    [
      'an unknown name in after',
      ['x', () => {}, { after: 'y' }],
      'onClose("x") after must be a name that is registered already, got "y"',
    ],
    [
      'a circle',
      ['x', () => {}, { after: 'x' }],
      'onClose("x") after must be the name of another (this is a circle), got "x"',
    ],
    [
      'a bad time',
      ['x', () => {}, { timeoutMs: -1 }],
      'onClose("x") timeoutMs must be a non-negative number of milliseconds, got -1',
    ],
    [
      'options that are none',
      ['x', () => {}, 5_000],
      'onClose("x") options must be an object, got 5000',
    ],
    [
      'an option that it has not',
      ['x', () => {}, { timeout: 5_000 }],
      'onClose("x") options.timeout is not an option: remove it, or use one of after, timeoutMs (got 5000)',
    ],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => Reflect.apply(hang.onClose, hang, [...args])).toThrow(told)
    })
  }
})

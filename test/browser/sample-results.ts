import type {
  CheckResult,
  ConnectionSpan,
  Counts,
  Fate,
  Mark,
  RequestSpan,
  ScenarioResult,
  Timeline,
} from '../../packages/check/src/result.ts'

// Results as a check makes them, drawn up by hand: every fate, every end, few and many connections.

const NOTHING: Counts = { answered: 0, refused: 0, failed: 0, lost: 0, truncated: 0, hung: 0 }

/** Every fate, a skipped scenario, pictures with one connection and with hundreds. */
export function failedResult(): CheckResult {
  return resultOf([
    sigtermBusy(),
    manyConnections(),
    neverReads(),
    clientsLeave(),
    http2Streams(),
    skipped(),
    halfRequest(),
  ])
}

export function passedResult(): CheckResult {
  return resultOf([clientsLeave(), halfRequest()])
}

/** Every text is an attack, where text comes from outside. */
export function hostileResult(): CheckResult {
  const result = resultOf([sigtermBusy(), neverReads(), skipped()])
  const attack = (index: number) => HOSTILE[index % HOSTILE.length] ?? ''
  return {
    ...result,
    url: `http://localhost:3000/${attack(0)}`,
    command: ['node', ...HOSTILE],
    tool: attack(1),
    madeAt: attack(2),
    machine: { node: attack(3), platform: attack(4), cpus: 2 },
    scenarios: result.scenarios.map((scenario, index) => ({
      ...scenario,
      name: attack(index),
      title: `${scenario.title} ${attack(index)}`,
      question: attack(index + 1),
      reasons: [...HOSTILE],
      advice: attack(index + 2),
      stderr: { lines: 1_000, first: [...HOSTILE] },
      timeline: {
        ...scenario.timeline,
        marks: scenario.timeline.marks.map((mark) => ({ ...mark, label: attack(index + 3) })),
        requests: scenario.timeline.requests.map((request, number) => ({
          ...request,
          label: attack(number),
        })),
      },
    })),
  }
}

export const HOSTILE: readonly string[] = [
  '<script>document.title = "owned"</script>',
  '"><img src=x onerror="document.title=\'owned\'">',
  "'--></style></title></svg><svg onload=document.title='owned'>",
  '<a href="javascript:document.title=1">&lt;&amp;</a>',
  '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">',
  '\u001b[31mred\u001b[0m \u0000\u0007 \u202egnirts \ud800 \u2028',
  '{{7*7}} <%= 1 %> &lt;b&gt;',
  'x'.repeat(3_000),
  '<style>body{display:none}</style><base href="http://127.0.0.1:9/">',
]

function resultOf(scenarios: readonly ScenarioResult[]): CheckResult {
  return {
    format: 1,
    madeAt: '2026-05-04T10:20:30.000Z',
    tool: '0.1.0',
    url: 'http://localhost:3000/work',
    command: ['node', 'server.js', '--workers', '2'],
    machine: { node: 'v20.19.0', platform: 'linux x64', cpus: 2 },
    thresholds: {
      failed: 0,
      lost: 0,
      truncated: 0,
      hung: 0,
      exitMs: 15_000,
      exitCodes: [0, 143],
      stderrLines: null,
    },
    passed: scenarios.every(({ verdict }) => verdict !== 'failed'),
    scenarios,
  }
}

function scenario(
  head: Pick<ScenarioResult, 'name' | 'title' | 'question'> & Partial<ScenarioResult>,
  timeline: Timeline,
): ScenarioResult {
  const counts = { ...NOTHING }
  for (const { fate } of timeline.requests) if (fate !== 'left') counts[fate]++
  return {
    verdict: 'passed',
    reasons: [],
    counts,
    stderr: { lines: 0, first: [] },
    ms: timeline.endMs + 400,
    timeline,
    ...head,
  }
}

function sigtermBusy(): ScenarioResult {
  const connections: ConnectionSpan[] = []
  const requests: RequestSpan[] = []
  for (let id = 0; id < 12; id++) {
    let at = 8 + id * 6
    const openedAt = at - 2
    while (at < 520) {
      const to = at + 24 + ((id * 7 + at) % 17)
      const isLost = at < 500 && to > 500 && id % 2 === 0
      const isTruncated = at < 500 && to > 500 && !isLost && id < 6
      const fate: Fate = isLost ? 'lost' : isTruncated ? 'truncated' : 'answered'
      requests.push({
        connection: id,
        from: at,
        to: isLost || isTruncated ? 503 + id / 4 : to,
        fate,
        label: 'GET /work',
        ...(fate !== 'lost' && { status: 200 }),
      })
      if (fate !== 'answered') break
      at = to + 12
    }
    const reset = requests.some(({ connection, fate }) => connection === id && fate !== 'answered')
    connections.push({ id, openedAt, closedAt: reset ? 507 : 560, how: reset ? 'reset' : 'end' })
  }
  for (let id = 12; id < 18; id++) {
    const at = 530 + (id - 12) * 35
    connections.push({ id, openedAt: at, closedAt: at + 1, how: 'refused' })
    requests.push({ connection: id, from: at, to: at + 1, fate: 'refused', label: 'GET /work' })
  }
  return scenario(
    {
      name: 'sigterm-busy',
      title: 'SIGTERM with busy keep-alive connections',
      question:
        'Is every request answered that was under way, or just sent, when the service is told to stop?',
      verdict: 'failed',
      reasons: [
        '4 requests were lost: sent, and the connection was reset before any answer.',
        '1 answer was truncated.',
        'The process ended with code 1; 0 or 143 was expected.',
      ],
      advice:
        'The service ends its process as soon as SIGTERM arrives. Stop listening first, let the requests under way finish, and only then end the process: @hangup/express does it with one line.',
      exit: { code: 1, signal: null, afterMs: 204 },
      stderr: {
        lines: 7,
        first: [
          'Error: read ECONNRESET',
          '    at TCP.onStreamRead (node:internal/stream_base_commons:216:20)',
        ],
      },
    },
    {
      endMs: 760,
      marks: [
        { at: 500, kind: 'sigterm', label: 'SIGTERM sent' },
        { at: 526, kind: 'listener-closed', label: 'the first connection was refused' },
        { at: 566, kind: 'last-byte', label: 'the last byte arrived' },
        { at: 704, kind: 'exit', label: 'exit with code 1' },
      ],
      connections,
      requests: requests.sort((a, b) => a.from - b.from),
      omitted: { connections: 0, requests: 0 },
    },
  )
}

function manyConnections(): ScenarioResult {
  const connections: ConnectionSpan[] = []
  const requests: RequestSpan[] = []
  for (let id = 0; id < 400; id++) {
    const at = 40 + id * 1.1
    const isLost = id > 330 && id % 4 === 0
    const isHung = id === 200 || id === 260
    const fate: Fate = isLost ? 'lost' : isHung ? 'hung' : id > 380 ? 'failed' : 'answered'
    const to = isLost ? 520 : at + 120 + ((id * 13) % 90)
    connections.push({
      id,
      openedAt: at,
      ...(!isHung && { closedAt: to, how: isLost ? 'reset' : 'end' }),
    })
    requests.push({
      connection: id,
      from: at + 1,
      ...(!isHung && { to }),
      fate,
      label: 'GET /work',
      ...(fate === 'answered' ? { status: 200 } : fate === 'failed' ? { status: 500 } : {}),
    })
  }
  return scenario(
    {
      name: 'sigterm-accept-queue',
      title: 'SIGTERM with a full accept queue',
      question: 'Are those served who had knocked before the service was told to stop?',
      verdict: 'failed',
      reasons: [
        '17 requests were lost and 2 hung.',
        'The process had to be ended with SIGKILL after 10 s.',
      ],
      advice: 'Connections wait in the kernel when the listener closes. Accept them first.',
      exit: { code: null, signal: 'SIGKILL', afterMs: 15_000 },
    },
    {
      endMs: 15_600,
      marks: [
        { at: 500, kind: 'sigterm', label: 'SIGTERM sent' },
        { at: 502, kind: 'listener-closed', label: 'the first connection was refused' },
        { at: 15_500, kind: 'exit', label: 'ended with SIGKILL' },
      ],
      connections,
      requests,
      omitted: { connections: 120, requests: 134 },
    },
  )
}

function neverReads(): ScenarioResult {
  return scenario(
    {
      name: 'never-reads',
      title: 'A client that never reads',
      question: 'Does the service stop in time although one client does not read its answer?',
      verdict: 'failed',
      reasons: ['1 request hung until the check gave up.'],
      advice: 'Set a deadline after which the sockets that are left are destroyed.',
      exit: { code: 143, signal: null, afterMs: 9_000 },
    },
    {
      endMs: 9_400,
      marks: [
        { at: 300, kind: 'sigterm', label: 'SIGTERM sent' },
        { at: 9_300, kind: 'exit', label: 'exit with code 143' },
      ],
      connections: [{ id: 1, openedAt: 10 }],
      requests: [{ connection: 1, from: 12, fate: 'hung', label: 'GET /big' }],
      omitted: { connections: 0, requests: 0 },
    },
  )
}

function clientsLeave(): ScenarioResult {
  const connections: ConnectionSpan[] = []
  const requests: RequestSpan[] = []
  for (let id = 0; id < 30; id++) {
    const at = 10 + id * 9
    const leaves = id % 2 === 0
    const to = at + (leaves ? 30 : 70)
    connections.push({ id, openedAt: at - 1, closedAt: to, how: leaves ? 'client' : 'end' })
    requests.push({
      connection: id,
      from: at,
      to,
      fate: leaves ? 'left' : 'answered',
      label: leaves ? 'POST /work' : 'GET /work',
      ...(!leaves && { status: 200 }),
    })
  }
  return scenario(
    {
      name: 'clients-leave',
      title: 'Clients that leave while they wait',
      question:
        'Do the other clients get their answers, and does the service stay up, when some leave?',
    },
    {
      endMs: 420,
      marks: [],
      connections,
      requests,
      omitted: { connections: 0, requests: 0 },
    },
  )
}

function http2Streams(): ScenarioResult {
  const requests: RequestSpan[] = []
  for (let index = 0; index < 60; index++) {
    const from = 10 + index * 8
    const isLate = from > 420
    requests.push({
      connection: 1 + (index % 2),
      from,
      to: isLate ? from + 2 : from + 90 + (index % 5) * 20,
      fate: isLate ? 'refused' : 'answered',
      label: 'GET /work',
      ...(!isLate && { status: 200 }),
    })
  }
  return scenario(
    {
      name: 'sigterm-http2',
      title: 'SIGTERM with HTTP/2 streams',
      question: 'Do the streams that were accepted complete?',
      exit: { code: 0, signal: null, afterMs: 260 },
    },
    {
      endMs: 700,
      marks: marksOf(400, 640),
      connections: [
        { id: 1, openedAt: 5, closedAt: 600, how: 'end' },
        { id: 2, openedAt: 6, closedAt: 610, how: 'end' },
      ],
      requests,
      omitted: { connections: 0, requests: 0 },
    },
  )
}

function halfRequest(): ScenarioResult {
  return scenario(
    {
      name: 'sigterm-half-request',
      title: 'SIGTERM with half a request',
      question:
        'Does a request that arrives slowly get its answer, and does the service stop all the same?',
      exit: { code: 0, signal: null, afterMs: 812 },
      stderr: { lines: 1, first: ['listening on 3000'] },
    },
    {
      endMs: 1_200,
      marks: marksOf(200, 1_012),
      connections: [
        { id: 1, openedAt: 20, closedAt: 900, how: 'end' },
        { id: 2, openedAt: 22, closedAt: 205, how: 'end' },
      ],
      requests: [
        { connection: 1, from: 21, to: 890, fate: 'answered', label: 'POST /work', status: 200 },
      ],
      omitted: { connections: 0, requests: 0 },
    },
  )
}

function skipped(): ScenarioResult {
  return scenario(
    {
      name: 'http2-flood',
      title: 'HTTP/2 streams that are reset at once',
      question: 'Does the service stay up when a client opens and resets many streams?',
      verdict: 'skipped',
      reasons: ['The service does not speak HTTP/2.'],
    },
    {
      endMs: 0,
      marks: [],
      connections: [],
      requests: [],
      omitted: { connections: 0, requests: 0 },
    },
  )
}

function marksOf(sigterm: number, exit: number): Mark[] {
  return [
    { at: sigterm, kind: 'sigterm', label: 'SIGTERM sent' },
    { at: exit, kind: 'exit', label: 'exit with code 0' },
  ]
}

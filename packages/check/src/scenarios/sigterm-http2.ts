import { setTimeout } from 'node:timers/promises'
import type { Session } from '../clients/session.ts'
import { times } from '../times.ts'
import { untilAtWork } from './at-work.ts'
import type { Scenario } from './scenario.ts'

const SESSIONS = 4
const STREAMS_EACH = 6
const WARM_UP_MS = 200
const THINK_MS = 10

export const sigtermHttp2: Scenario = {
  name: 'sigterm-http2',
  title: 'SIGTERM with HTTP/2 streams',
  question: 'Do HTTP/2 streams that are open at SIGTERM get their whole answer?',
  advice:
    'Sessions were destroyed with streams in them, or were never told to go. Send a GOAWAY with the last stream that was taken on, finish those up to it, then close the session.',
  kind: 'sigterm',
  isHttp2: true,
  unfit: ({ speaksHttp2 }) =>
    speaksHttp2
      ? undefined
      : 'The service does not speak HTTP/2 (h2c with prior knowledge, or h2 by ALPN).',
  async run({ rehearsal, openSession, terminate, over }) {
    const sessions = times(SESSIONS, () => openSession())
    await Promise.all(sessions.map(({ opened }) => opened))
    const loops = sessions.map((session) => streamInLoop(session, over))
    await setTimeout(WARM_UP_MS)
    const streams = sessions.flatMap((session) => times(STREAMS_EACH, () => session.send()))
    await untilAtWork(rehearsal)
    terminate()
    await Promise.all([...streams, ...loops])
  },
}

/** One stream after another, until the session is told to go. */
async function streamInLoop(session: Session, over: AbortSignal): Promise<void> {
  while (session.isOpen && !over.aborted) {
    await session.send()
    await setTimeout(Math.random() * THINK_MS)
  }
}

import type { Host } from '../hosts/host.ts'
import { context } from './aborts/context.ts'
import { cost } from './aborts/cost.ts'
import { deadlines } from './aborts/deadlines.ts'
import { falseAborts } from './aborts/false-aborts.ts'
import { halfClose, ignoredAborts } from './aborts/half-close.ts'
import { http1 } from './aborts/http1.ts'
import { http2 } from './aborts/http2.ts'
import { leaving } from './aborts/leaving.ts'
import { locks } from './aborts/locks.ts'
import { injected, misuse } from './aborts/misuse.ts'
import { nativeSignals } from './aborts/native-signals.ts'
import { outcomes } from './aborts/outcomes.ts'
import { quiet, quietParsers } from './aborts/quiet.ts'
import { rawStreams } from './aborts/raw-streams.ts'
import { reported } from './aborts/reported.ts'
import { streamResets } from './aborts/stream-resets.ts'
import { unreadUploads } from './aborts/unread-uploads.ts'

/** A1–A11, B8, B9: a client that leaves becomes a signal, and nothing else does. */
export function aborts(host: Host): void {
  leaving(host)
  locks(host)
  falseAborts(host)
  if (host.speaks === 'h2') {
    http2(host)
    streamResets(host)
    rawStreams(host)
  } else {
    http1(host)
  }
  if (host.speaks === 'http/1.1') halfClose(host)
  ignoredAborts(host)
  unreadUploads(host)
  context(host)
  cost(host)
  nativeSignals(host)
  deadlines(host)
  quiet(host)
  if (host.framework !== 'node') quietParsers(host)
  reported(host)
  outcomes(host)
  misuse(host)
  if (host.framework === 'fastify') injected(host)
}

import type { Host } from '../hosts/host.ts'
import { acceptQueue } from './drain/accept-queue.ts'
import { cleanup } from './drain/cleanup.ts'
import { floods } from './drain/floods.ts'
import { flushing } from './drain/flushing.ts'
import { goaway } from './drain/goaway.ts'
import { handshakes } from './drain/handshakes.ts'
import { inFlight } from './drain/in-flight.ts'
import { keepAlive } from './drain/keep-alive.ts'
import { lastResponses } from './drain/last-responses.ts'
import { oneDrain } from './drain/one-drain.ts'
import { reports } from './drain/reports.ts'
import { restarts } from './drain/restarts.ts'
import { sessions } from './drain/sessions.ts'
import { stubborn } from './drain/stubborn.ts'
import { told } from './drain/told.ts'
import { twoStep } from './drain/two-step.ts'
import { unready } from './drain/unready.ts'
import { work } from './drain/work.ts'

/** D1–D13, D15: the close, in order, with nothing dropped. D12 is `test/process`. */
export function drain(host: Host): void {
  unready(host)
  acceptQueue(host)
  if (host.speaks === 'http/1.1') {
    lastResponses(host)
    keepAlive(host)
    restarts(host)
  } else {
    goaway(host)
    sessions(host)
    twoStep(host)
    floods(host)
  }
  if (host.tls) handshakes(host)
  flushing(host)
  inFlight(host)
  work(host)
  stubborn(host)
  reports(host)
  told(host)
  cleanup(host)
  oneDrain(host)
}

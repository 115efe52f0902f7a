import type { Host } from '../hosts/host.ts'
import { cleanFailures } from './buffer/clean-failures.ts'
import { cutFailures } from './buffer/cut-failures.ts'
import { earlyReplies } from './buffer/early-replies.ts'
import { framing } from './buffer/framing.ts'
import { held } from './buffer/held.ts'
import { lateErrors } from './buffer/late-errors.ts'
import { quietFiles } from './buffer/quiet-files.ts'
import { storm } from './buffer/storm.ts'
import { streaming } from './buffer/streaming.ts'
import { systemCalls } from './buffer/system-calls.ts'
import { unheld } from './buffer/unheld.ts'
import { waits } from './buffer/waits.ts'

/** B1–B10: a response is sent whole, or fails so that nobody takes it for whole. */
export function buffer(host: Host): void {
  held(host)
  systemCalls(host)
  cleanFailures(host)
  cutFailures(host)
  streaming(host)
  unheld(host)
  framing(host)
  waits(host)
  quietFiles(host)
  lateErrors(host)
  earlyReplies(host)
  storm(host)
}

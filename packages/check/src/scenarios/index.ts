import { cutUploads } from './cut-uploads.ts'
import { leaveReceiving } from './leave-receiving.ts'
import { leaveUploading } from './leave-uploading.ts'
import { leaveWaiting } from './leave-waiting.ts'
import type { Scenario } from './scenario.ts'
import { sigtermBusy, sigtermBusyFar } from './sigterm-busy.ts'
import { sigtermHalfRequest } from './sigterm-half-request.ts'
import { sigtermHttp2 } from './sigterm-http2.ts'
import { sigtermIdle } from './sigterm-idle.ts'
import { sigtermInFlight } from './sigterm-in-flight.ts'
import { sigtermQueue } from './sigterm-queue.ts'
import { sigtermSlowReaders } from './sigterm-slow-readers.ts'

/** In the order in which they are run. */
export const scenarios: readonly Scenario[] = [
  leaveUploading,
  leaveWaiting,
  leaveReceiving,
  cutUploads,
  sigtermInFlight,
  sigtermIdle,
  sigtermBusy,
  sigtermBusyFar,
  sigtermQueue,
  sigtermHalfRequest,
  sigtermHttp2,
  sigtermSlowReaders,
]

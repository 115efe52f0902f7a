import { withoutStack } from './errors.ts'

/** RFC 9113 §7, in the order of their numbers. */
const NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]

export const INTERNAL_ERROR = 2
export const REFUSED_STREAM = 7

export interface StreamResetError extends Error {
  /** `NGHTTP2_CANCEL` and its like, as in `http2.constants`. */
  readonly code: string
  readonly rstCode: number
}

const resets = new Map<number, StreamResetError>()

/**
 * What a stream said when it was reset, as an error to stand in `cause`: the same one for all streams,
 * since it knows no more than its code.
 */
export function streamReset(rstCode: number): StreamResetError {
  let error = resets.get(rstCode)
  if (error === undefined) {
    error = createReset(rstCode)
    if (rstCode < NAMES.length) resets.set(rstCode, error)
  }
  return error
}

function createReset(rstCode: number): StreamResetError {
  const name = NAMES[rstCode] ?? `0x${rstCode.toString(16)}`
  const error = withoutStack(() => new Error(`The stream was reset with ${name}`))
  return Object.assign(error, { code: `NGHTTP2_${name}`, rstCode })
}

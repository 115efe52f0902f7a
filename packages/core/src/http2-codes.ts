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

/** What a client's RST_STREAM or GOAWAY said. */
export interface Http2CodeError extends Error {
  /** `NGHTTP2_CANCEL` and its like, as in `http2.constants`; `NGHTTP2_0x…` for a code without a name. */
  readonly code: string
  readonly rstCode: number
}

type Frame = 'The stream was reset' | 'The session was ended'

const resets: Http2CodeError[] = []
const ends: Http2CodeError[] = []

/** What a stream said when it was reset, as an error to stand in `cause`. */
export function streamReset(rstCode: number): Http2CodeError {
  return codeError('The stream was reset', rstCode, resets)
}

/** The same of a GOAWAY that ended the session of a stream. */
export function sessionEnded(rstCode: number): Http2CodeError {
  return codeError('The session was ended', rstCode, ends)
}

/** The same one for all streams, since it knows no more than its code; a client may make up four billion. */
function codeError(frame: Frame, rstCode: number, known: Http2CodeError[]): Http2CodeError {
  const name = NAMES[rstCode]
  if (name === undefined) return createError(frame, `0x${rstCode.toString(16)}`, rstCode)
  known[rstCode] ??= createError(frame, name, rstCode)
  return known[rstCode]
}

function createError(frame: Frame, name: string, rstCode: number): Http2CodeError {
  const error = withoutStack(() => new Error(`${frame} with ${name}`))
  return Object.assign(error, { code: `NGHTTP2_${name}`, rstCode })
}

import type { Ending } from '../../conformance/peer.ts'

/** What differs from the same application without the adapter, as it is promised, and why. */
export interface Difference {
  readonly why: string
  /** Fields that only the one without has, by name. */
  readonly without: readonly string[]
  /** Fields that only ours has. */
  readonly ours: readonly string[]
  /** How they end, where that differs too. */
  readonly endings?: readonly [without: Ending, ours: Ending]
}

/** By what was asked. */
type Differences = Readonly<Record<string, Difference>>

const held: Difference = {
  why: 'B1: a body that is held says its length',
  without: ['transfer-encoding'],
  ours: ['content-length'],
}
const heldWithoutChunks: Difference = {
  why: 'B1: a body that is held says its length, to HTTP/1.0, which then knows that it is whole, to HTTP/2 and to HEAD',
  without: [],
  ours: ['content-length'],
}
const heldForOld: Difference = { ...heldWithoutChunks, endings: ['fin', 'complete'] }

/** HTTP/2 has no chunked coding. */
function overHttp2(differences: Differences): Differences {
  return Object.fromEntries(
    Object.entries(differences).map(([what, difference]) => [
      what,
      difference === held ? heldWithoutChunks : difference,
    ]),
  )
}

const ofAll: Differences = {
  'a large page, compressed': held,
  'a large page by Brotli': held,
  'a static file, compressed': held,
  'a short stream': held,
  'a short stream over HTTP/1.0': heldForOld,
  'a short stream, compressed': held,
}

/** What is written by Node's own response: Koa and Fastify have handed it over, and it is not held (B5). */
const byNode: Differences = {
  'what writeHead says': held,
  'the head of a short stream': heldWithoutChunks,
}

/** React flushes what it renders into a response itself: Express's is not held (B5). */
const viewsByTheFramework: Differences = {
  'a streamed view': held,
  'a streamed view, compressed': held,
}

/** `compression` has Node write the head before it has seen the end: with us it knows the length even so. */
const behindCompression: Differences = Object.fromEntries(
  [
    'a page',
    'a page that is too small to compress',
    'JSON',
    'reset content',
    'a redirect',
    'a large page',
    'a part that is not there',
    'a static file that is not there',
    'cookies',
    'cookies that come back',
    'a JSON body',
    'a form',
    'a body that is no JSON',
    'a body that is too large',
    'a request from elsewhere',
  ].map((what) => [what, held]),
)

export const differences: Readonly<Record<string, Differences>> = {
  node: { ...ofAll, ...byNode, ...behindCompression },
  'node-http2': overHttp2({ ...ofAll, ...byNode }),
  express: {
    ...ofAll,
    ...byNode,
    'reset content': held,
    'a part that is not there': {
      why: 'B2: the error page has none of the headers of the file that it stands for, and sets its own',
      without: ['accept-ranges', 'cache-control', 'last-modified', 'etag', 'content-type'],
      ours: ['content-type'],
    },
  },
  koa: { ...ofAll, ...viewsByTheFramework },
  'koa-http2': overHttp2({ ...ofAll, ...viewsByTheFramework }),
  fastify: { ...ofAll, ...viewsByTheFramework },
  'fastify-http2': overHttp2({ ...ofAll, ...viewsByTheFramework }),
}

const unwritable = 'Koa asks the socket of a HEAD whether it is writable, which it is not'

/** What has no answer at all without us, by host, and why: with us it has that to a GET. */
export const unanswered: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'koa-http2': { 'the head of a failure': unwritable, 'the head of a refusal': unwritable },
}

/**
 * What only ours logs: what is unanswered without us, and a HEAD over HTTP/2 whose body comes bit by bit, which
 * without us is closed at the first bit, and never finished.
 */
export const logged: Readonly<Record<string, readonly string[]>> = {
  'node-http2': ['30 HEAD /stream 200 request completed\n'],
  'koa-http2': ['30 HEAD /fails 500 request errored\n', '30 HEAD /refused 403 request completed\n'],
}

/** What differs from the same application without the adapter, as it is promised, and why. */
export interface Difference {
  readonly why: string
  /** Fields that only the one without has, by name. */
  readonly without: readonly string[]
  /** Fields that only ours has. */
  readonly ours: readonly string[]
}

const held: Difference = {
  why: 'B1: a body that is held says its length',
  without: ['transfer-encoding'],
  ours: ['content-length'],
}
const heldWithoutChunks: Difference = {
  why: 'B1: a body that is held says its length, to HTTP/1.0 and to HEAD too',
  without: [],
  ours: ['content-length'],
}

const ofAll: Readonly<Record<string, Difference>> = {
  'a large page, compressed': held,
  'a large page by Brotli': held,
  'a static file, compressed': held,
  'a short stream': held,
  'a short stream over HTTP/1.0': heldWithoutChunks,
  'a short stream, compressed': held,
}

/** React flushes what it renders into a response itself: Express's is not held (B5). */
const viewsByTheFramework: Readonly<Record<string, Difference>> = {
  'a streamed view': held,
  'a streamed view, compressed': held,
}

export const differences: Readonly<Record<string, Readonly<Record<string, Difference>>>> = {
  express: {
    ...ofAll,
    'reset content': held,
    'what writeHead says': held,
    'the head of a short stream': heldWithoutChunks,
    'a part that is not there': {
      why: 'B2: the error page has none of the headers of the file that it stands for, and sets its own',
      without: ['accept-ranges', 'cache-control', 'last-modified', 'etag', 'content-type'],
      ours: ['content-type'],
    },
  },
  koa: { ...ofAll, ...viewsByTheFramework },
  fastify: { ...ofAll, ...viewsByTheFramework },
}

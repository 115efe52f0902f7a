import { describe } from 'vitest'
import { http2 } from '../conformance/aborts/http2.ts'
import { streamResets } from '../conformance/aborts/stream-resets.ts'
import { streaming } from '../conformance/buffer/streaming.ts'
import { floods } from '../conformance/drain/floods.ts'
import { flushing } from '../conformance/drain/flushing.ts'
import type { Host } from '../hosts/host.ts'
import { nodeHttp2, nodeHttp2Secure } from '../hosts/node.ts'

/** The rows that a session on a stream of ours could fail, where one on its socket does not. */
for (const host of [nodeHttp2, nodeHttp2Secure]) {
  describe(`${host.name}, in two steps`, () => {
    http2(inTwoSteps(host))
    streamResets(inTwoSteps(host))
    floods(inTwoSteps(host))
    streaming(inTwoSteps(host))
    flushing(inTwoSteps(host))
  })
}

function inTwoSteps(host: Host): Host {
  return {
    ...host,
    start: (routes, setup) =>
      host.start(routes, { ...setup, options: { http2: 'two-step', ...setup?.options } }),
  }
}

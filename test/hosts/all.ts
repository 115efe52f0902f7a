import { expressHttp, expressHttps } from './express.ts'
import { fastifyHttp, fastifyHttp2, fastifyHttps } from './fastify.ts'
import type { Host } from './host.ts'
import { koaHttp, koaHttp2, koaHttps } from './koa.ts'
import { nodeHttp, nodeHttp1OnHttp2, nodeHttp2, nodeHttp2Secure, nodeHttps } from './node.ts'

export const hosts: readonly Host[] = [
  nodeHttp,
  nodeHttps,
  nodeHttp2,
  nodeHttp2Secure,
  nodeHttp1OnHttp2,
  expressHttp,
  expressHttps,
  koaHttp,
  koaHttps,
  koaHttp2,
  fastifyHttp,
  fastifyHttps,
  fastifyHttp2,
]

import { describeConformance } from './conformance/index.ts'
import { fastifyHttp2 } from './hosts/fastify.ts'

describeConformance(fastifyHttp2)

import { describeConformance } from './conformance/index.ts'
import { fastifyHttps } from './hosts/fastify.ts'

describeConformance(fastifyHttps)

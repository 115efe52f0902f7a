import { describeConformance } from './conformance/index.ts'
import { fastifyHttp } from './hosts/fastify.ts'

describeConformance(fastifyHttp)

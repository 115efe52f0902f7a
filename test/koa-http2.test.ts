import { describeConformance } from './conformance/index.ts'
import { koaHttp2 } from './hosts/koa.ts'

describeConformance(koaHttp2)

import { describeConformance } from './conformance/index.ts'
import { koaHttp } from './hosts/koa.ts'

describeConformance(koaHttp)

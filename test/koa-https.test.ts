import { describeConformance } from './conformance/index.ts'
import { koaHttps } from './hosts/koa.ts'

describeConformance(koaHttps)

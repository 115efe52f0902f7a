import { describeConformance } from './conformance/index.ts'
import { nodeHttp1OnHttp2 } from './hosts/node.ts'

describeConformance(nodeHttp1OnHttp2)

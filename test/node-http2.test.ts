import { describeConformance } from './conformance/index.ts'
import { nodeHttp2 } from './hosts/node.ts'

describeConformance(nodeHttp2)

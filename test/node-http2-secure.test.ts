import { describeConformance } from './conformance/index.ts'
import { nodeHttp2Secure } from './hosts/node.ts'

describeConformance(nodeHttp2Secure)

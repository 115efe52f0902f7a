import { describeConformance } from './conformance/index.ts'
import { nodeHttp } from './hosts/node.ts'

describeConformance(nodeHttp)

import { describeConformance } from './conformance/index.ts'
import { nodeHttps } from './hosts/node.ts'

describeConformance(nodeHttps)

import { describeConformance } from './conformance/index.ts'
import { expressHttps } from './hosts/express.ts'

describeConformance(expressHttps)

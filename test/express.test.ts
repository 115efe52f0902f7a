import { describeConformance } from './conformance/index.ts'
import { expressHttp } from './hosts/express.ts'

describeConformance(expressHttp)

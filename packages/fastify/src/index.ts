import './augment.ts'
import { hangup } from './plugin.ts'

export type * from '@hangup/core'
export { currentExchange, currentSignal, isAbort } from '@hangup/core'
export { hangup }
export default hangup

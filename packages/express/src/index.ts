import './augment.ts'
import { hangup } from './middleware.ts'

export type * from '@hangup/core'
export { currentExchange, currentSignal, isAbort } from '@hangup/core'
export type { ExpressHangup } from './middleware.ts'
export { hangup }
export default hangup

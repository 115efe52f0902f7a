import { cannonade } from './tools/autocannon.ts'
import { burst } from './tools/burst.ts'
import { download } from './tools/download.ts'
import { h2load, wrk } from './tools/programs.ts'
import type { Shot } from './tools/shot.ts'

const tools = { autocannon: cannonade, burst, download, h2load, wrk }

process.on('message', async (shot: Shot) => {
  process.send?.(await tools[shot.tool ?? 'autocannon'](shot))
})
process.on('disconnect', () => process.exit())
process.send?.({})

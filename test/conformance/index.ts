import { afterAll, describe, expect, it } from 'vitest'
import type { Host } from '../hosts/host.ts'
import { aborts } from './aborts.ts'
import { buffer } from './buffer.ts'
import { drain } from './drain.ts'
import { idleExcuses } from './stage.ts'

/** Every promise of the contract, on one host. `vitest run -t A2` runs the rows of one promise. */
export function describeConformance(host: Host): void {
  describe(host.name, () => {
    aborts(host)
    drain(host)
    buffer(host)

    it('has a row for each thing that the host cannot do', () => {
      expect(idleExcuses(host)).toEqual([])
    })

    afterAll(() => {
      for (const [what, reason] of Object.entries(host.cannot)) {
        console.info(`${host.name} cannot run "${what}": ${reason}`)
      }
    })
  })
}

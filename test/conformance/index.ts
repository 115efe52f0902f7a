import { afterAll, describe } from 'vitest'
import type { Host } from '../hosts/host.ts'
import { aborts } from './aborts.ts'

/** Every promise of the contract, on one host. `vitest run -t A2` runs the rows of one promise. */
export function describeConformance(host: Host): void {
  describe(host.name, () => {
    aborts(host)

    afterAll(() => {
      for (const [what, reason] of Object.entries(host.cannot)) {
        console.info(`${host.name} cannot run "${what}": ${reason}`)
      }
    })
  })
}

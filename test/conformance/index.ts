import { describe } from 'vitest'
import type { Host } from '../hosts/host.ts'
import { aborts } from './aborts.ts'

/** Every promise of the contract, on one host. */
export function describeConformance(host: Host): void {
  describe(host.name, () => {
    aborts(host)
  })
}

import { setTimeout } from 'node:timers/promises'
import { requestInLoop } from '../clients/loop.ts'
import { getRequest } from '../clients/target.ts'
import { unfitWithoutKeepAlive } from './keep-alive.ts'
import type { Scenario } from './scenario.ts'

const WARM_UP_MS = 500

export const sigtermBusy: Scenario = createScenario({
  name: 'sigterm-busy',
  title: 'SIGTERM with busy keep-alive connections',
  question: 'Is nothing lost of clients that send one request after another on kept connections?',
  isFar: false,
})

export const sigtermBusyFar: Scenario = createScenario({
  name: 'sigterm-busy-far',
  title: 'SIGTERM with busy connections from further away',
  question: 'Is nothing lost when those clients are a network round trip away?',
  isFar: true,
})

function createScenario({
  isFar,
  ...words
}: Pick<Scenario, 'name' | 'title' | 'question'> & { isFar: boolean }): Scenario {
  return {
    ...words,
    advice:
      'Kept connections were closed between two requests without a warning. Announce it: answer with "Connection: close" once SIGTERM has come, and close a connection only when nothing can be on its way.',
    kind: 'sigterm',
    unfit: unfitWithoutKeepAlive,
    async run({ target, connections, roundTripMs, openWire, openWires, terminate, over }) {
      const farMs = isFar ? roundTripMs : 0
      const wires = await openWires(connections, () => farMs)
      const open = () => openWire({ roundTripMs: farMs })
      const loops = wires.map((wire) => requestInLoop(wire, open, getRequest(target), over))
      await setTimeout(WARM_UP_MS)
      terminate()
      await Promise.all(loops)
    },
  }
}

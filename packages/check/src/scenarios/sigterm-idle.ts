import { setTimeout } from 'node:timers/promises'
import { getRequest } from '../clients/target.ts'
import { unfitWithoutKeepAlive } from './keep-alive.ts'
import type { Scenario } from './scenario.ts'

const IDLE_MS = 100

export const sigtermIdle: Scenario = {
  name: 'sigterm-idle',
  title: 'SIGTERM with idle keep-alive connections',
  question:
    'Is a request answered that a client sends on an open connection just when the service closes it?',
  advice:
    'Idle connections were closed at once, and requests that were on their way ran into the closing. Keep them open for about a second, answer what still arrives with "Connection: close", then close.',
  kind: 'sigterm',
  unfit: unfitWithoutKeepAlive,
  async run({ target, connections, roundTripMs, openWires, terminate }) {
    const wires = await openWires(connections, (index) => (isFar(index) ? roundTripMs : 0))
    await Promise.all(wires.map((wire) => wire.send(getRequest(target))))
    await setTimeout(IDLE_MS)
    terminate()
    await Promise.all(
      wires.map(async (wire, index) => {
        if (isSilent(index)) return
        await setTimeout((index / connections) * roundTripMs)
        if (wire.isOpen) await wire.send(getRequest(target))
      }),
    )
  },
}

function isFar(index: number): boolean {
  return index % 2 === 1
}

/** It says nothing more, and is not to keep the service from ending. */
function isSilent(index: number): boolean {
  return index % 3 === 2
}

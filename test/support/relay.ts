import { connect, createServer, type Socket } from 'node:net'
import { listen } from '../hosts/transport.ts'

/** A TCP relay on 127.0.0.1 that adds to the round trip: what enters leaves later, FIN and RST too. */
export interface Relay {
  readonly port: number
  /** Where new connections go from now on. */
  target: number
  close(): void
}

export async function createRelay(target: number, roundTripMs: number): Promise<Relay> {
  const oneWayMs = roundTripMs / 2
  const sockets = new Set<Socket>()
  const relay = { port: 0, target, close }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({
      port: relay.target,
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => later(() => to.write(chunk)))
      from.on('end', () => later(() => to.end()))
      from.on('error', () => later(() => to.resetAndDestroy()))
      from.on('close', () => sockets.delete(from))
    }
  })

  /** Equal delays end in the order in which they began. */
  function later(act: () => void): void {
    setTimeout(act, oneWayMs)
  }

  function close(): void {
    server.close()
    for (const socket of sockets) socket.destroy()
  }

  relay.port = await listen(server)
  return relay
}

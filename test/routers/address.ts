import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/**
 * A loopback address of this process alone: nobody else's connection, outgoing ones included, takes a
 * port while its server restarts.
 */
export const HOST = `127.${process.pid >> 16}.${(process.pid >> 8) & 255}.${process.pid & 255}`

/** A port that is free on `HOST`, and stays so. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

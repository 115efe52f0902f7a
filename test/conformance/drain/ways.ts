import type { Site } from '../stage.ts'

/** Every way of closing. */
export const ways: readonly (readonly [name: string, close: (site: Site) => Promise<unknown>])[] = [
  ['server.close(callback)', ({ server }) => new Promise((done) => server.close(done))],
  ['server[Symbol.asyncDispose]()', ({ server }) => dispose(server)],
  ["the framework's close", (site) => site.close()],
  ['drain()', ({ hang }) => hang.drain()],
]

function dispose(server: object): Promise<unknown> {
  return Reflect.get(server, Symbol.asyncDispose).call(server)
}

import type { Socket } from './node-types.ts'

interface Internals {
  /** Node's own: the socket that was handed to the TLS server, or its wrap around any other stream. */
  readonly _parent?: Socket & { readonly stream?: object }
}

/**
 * What a server's TLS socket stands on: the object that came with `'connection'`.
 *
 * Node has no public word for it. Their addresses are the same, but neither has one over a Unix socket,
 * and the kernel knows none any more once the client has reset the connection. The rows of B3 fail over TLS
 * when Node changes this.
 */
export function transportOf(socket: Socket): object | undefined {
  const { _parent: parent }: Internals = socket as Internals
  return parent?.stream ?? parent
}

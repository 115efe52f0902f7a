import { certificate } from '../hosts/certificate.ts'
import { HOST } from './address.ts'
import type { Speaks } from './servers/given.ts'

/** What is spoken on both sides of a router. */
export interface Sides {
  /** HTTP/2 is over TLS. */
  readonly clients: 'http/1.1' | 'h2'
  readonly app: Speaks
}

export const PLAIN: Sides = { clients: 'http/1.1', app: 'http' }

export interface Places {
  /** Where the router listens: a recipe's 8080. */
  readonly port: number
  /** The two processes of the application: a recipe's 127.0.0.1:3001 and 127.0.0.1:3002. */
  readonly ports: Ports
  /** Where the certificates are: a recipe's /etc/ssl. */
  readonly folder: string
}

export type Ports = readonly [number, number]

/** A configuration of `docs/recipes`, elsewhere. */
export function moved(recipe: string, { port, ports, folder }: Places): string {
  return recipe
    .replaceAll('127.0.0.1:3001', `${HOST}:${ports[0]}`)
    .replaceAll('127.0.0.1:3002', `${HOST}:${ports[1]}`)
    .replaceAll(/(?:\*:)?8080/g, `${HOST}:${port}`)
    .replaceAll('/etc/ssl', folder)
}

/** What recipes look for in /etc/ssl: the router's own certificate with its key, and whose it trusts. */
export async function certificateFiles(): Promise<readonly (readonly [string, string])[]> {
  const { key, cert } = await certificate()
  return [
    ['site.pem', `${cert}\n${key}`],
    ['app.pem', cert],
  ]
}

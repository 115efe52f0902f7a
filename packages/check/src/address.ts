import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { UsageError } from './usage-error.ts'

/** The addresses of a host that may be loaded: this machine's, or those of the one that was named. */
export async function addressesOf(url: URL, allowHost: string | undefined): Promise<Addresses> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = await resolve(host)
  const isLocal = addresses.every(isLocalAddress)
  if (!isLocal && allowHost !== host) {
    throw new UsageError(
      allowHost === undefined
        ? `--url is on ${host}, which is not this machine; the check puts load on it, so if it is yours, add --allow-host ${host}`
        : `--allow-host is "${allowHost}" but --url is on ${host}, which is not this machine; name that very host if it is yours`,
    )
  }
  return { addresses, isLocal }
}

export interface Addresses {
  readonly addresses: readonly string[]
  readonly isLocal: boolean
}

async function resolve(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host]
  try {
    const found = await lookup(host, { all: true })
    return found.map(({ address }) => address)
  } catch (cause) {
    throw new UsageError(`--url is on ${host}, which has no address; check the name`, { cause })
  }
}

function isLocalAddress(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  return (
    /^127\.|^::1$|^::ffff:127\./.test(address) ||
    own.some((interfaces) => interfaces.address === address)
  )
}

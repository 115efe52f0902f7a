import type { Field } from './fields.ts'
import { decodeHuffman } from './huffman.ts'

/**
 * As much of HPACK (RFC 7541) as `h2-frames` needs: it writes literals only, and reads what a server
 * sends that has been told that there is no dynamic table.
 */

const staticTable: readonly Field[] = [
  ':authority',
  ':method GET',
  ':method POST',
  ':path /',
  ':path /index.html',
  ':scheme http',
  ':scheme https',
  ':status 200',
  ':status 204',
  ':status 206',
  ':status 304',
  ':status 400',
  ':status 404',
  ':status 500',
  'accept-charset',
  'accept-encoding gzip, deflate',
  'accept-language',
  'accept-ranges',
  'accept',
  'access-control-allow-origin',
  'age',
  'allow',
  'authorization',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'etag',
  'expect',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'link',
  'location',
  'max-forwards',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'referer',
  'refresh',
  'retry-after',
  'server',
  'set-cookie',
  'strict-transport-security',
  'transfer-encoding',
  'user-agent',
  'vary',
  'via',
  'www-authenticate',
].map((line) => {
  const [name = '', ...value] = line.split(' ')
  return [name, value.join(' ')]
})

export function encodeFields(fields: readonly Field[]): Buffer {
  const literals = fields.flatMap(([name, value]) => [
    Buffer.of(0),
    encodeString(name),
    encodeString(value),
  ])
  return Buffer.concat(literals)
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = [Math.min(bytes.length, 0x7f)]
  for (let rest = bytes.length - 0x7f; rest >= 0; rest = rest < 0x80 ? -1 : rest >> 7) {
    length.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80)
  }
  return Buffer.concat([Buffer.from(length), bytes])
}

export function decodeFields(block: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  while (at < block.length) {
    const first = block.readUInt8(at)
    if ((first & 0x80) !== 0) fields.push(entry(readInteger(7)))
    else if ((first & 0xe0) === 0x20) readInteger(5)
    else {
      const index = readInteger((first & 0x40) !== 0 ? 6 : 4)
      const name = index === 0 ? readString() : entry(index)[0]
      fields.push([name, readString()])
    }
  }
  return fields

  function readInteger(prefix: number): number {
    const limit = 2 ** prefix - 1
    let value = block.readUInt8(at++) & limit
    if (value < limit) return value
    for (let shift = 0; ; shift += 7) {
      const byte = block.readUInt8(at++)
      value += (byte & 0x7f) << shift
      if ((byte & 0x80) === 0) return value
    }
  }

  function readString(): string {
    const isHuffman = (block.readUInt8(at) & 0x80) !== 0
    const length = readInteger(7)
    const bytes = block.subarray(at, at + length)
    at += length
    return isHuffman ? decodeHuffman(bytes) : bytes.toString('latin1')
  }
}

function entry(index: number): Field {
  const field = staticTable[index - 1]
  if (field === undefined) throw new Error(`no entry ${index} without a dynamic table`)
  return field
}

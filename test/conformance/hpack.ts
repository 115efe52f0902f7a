/**
 * As much of HPACK (RFC 7541) as `h2-frames` needs: requests of literals, without Huffman coding or
 * a dynamic table, and a response's `:status`, which comes first.
 */

const METHOD = 2
const PATH = 4
const SCHEME = 6
const AUTHORITY = 1

export function encodeRequest(method: string, path: string, scheme: 'http' | 'https'): Buffer {
  return Buffer.concat([
    literal(METHOD, method),
    literal(SCHEME, scheme),
    literal(PATH, path),
    literal(AUTHORITY, 'localhost'),
  ])
}

/** A field whose name is in the static table, not to be indexed. */
function literal(nameIndex: number, value: string): Buffer {
  if (value.length > 126) throw new Error('longer values need a multi-byte length')
  return Buffer.concat([Buffer.from([nameIndex, value.length]), Buffer.from(value)])
}

/** Entries 8 to 14 of the static table. */
const STATUSES = [200, 204, 206, 304, 400, 404, 500]

export function decodeStatus(block: Buffer): number {
  let at = 0
  while (isTableSizeUpdate(block[at])) at++
  const first = block[at] ?? 0
  if ((first & 0x80) !== 0) return STATUSES[(first & 0x7f) - 8] ?? 0
  const length = block[at + 1] ?? 0
  const value = block.subarray(at + 2, at + 2 + (length & 0x7f))
  return Number((length & 0x80) !== 0 ? decodeDigits(value) : value.toString('latin1'))
}

function isTableSizeUpdate(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xe0) === 0x20
}

/** Huffman codes of the digits: 0 to 2 take five bits (00000 …), 3 to 9 six bits (011001 …). */
function decodeDigits(value: Buffer): string {
  let bits = [...value].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  let digits = ''
  while (bits.length >= 5 && digits.length < 3) {
    const short = Number.parseInt(bits.slice(0, 5), 2)
    const digit = short <= 2 ? short : Number.parseInt(bits.slice(0, 6), 2) - 22
    digits += digit
    bits = bits.slice(short <= 2 ? 5 : 6)
  }
  return digits
}

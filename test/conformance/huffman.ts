/** RFC 7541, appendix B, for ASCII: of each length in bits, the first code and the characters from there on. */
const lengths: readonly (readonly [bits: number, first: number, characters: string])[] = [
  [5, 0x0, '012aceiost'],
  [6, 0x14, ' %-./3456789=A_bdfghlmnpru'],
  [7, 0x5c, ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz'],
  [8, 0xf8, '&*,;XZ'],
  [10, 0x3f8, '!"()?'],
  [11, 0x7fa, "'+|"],
  [12, 0xffa, '#>'],
  [13, 0x1ff8, '\0$@[]~'],
  [14, 0x3ffc, '^}'],
  [15, 0x7ffc, '<`{'],
  [19, 0x7fff0, '\\'],
]

const characters = new Map<string, string>()
for (const [bits, first, list] of lengths) {
  for (const [index, character] of [...list].entries()) {
    characters.set((first + index).toString(2).padStart(bits, '0'), character)
  }
}

export function decodeHuffman(data: Buffer): string {
  let text = ''
  let code = ''
  for (const byte of data) {
    for (const bit of byte.toString(2).padStart(8, '0')) {
      code += bit
      const character = characters.get(code)
      if (character === undefined) continue
      text += character
      code = ''
    }
  }
  // What is left is padding: less than a byte of ones.
  if (code.length > 7 || code.includes('0')) throw new Error(`not Huffman-coded ASCII: ${code}`)
  return text
}

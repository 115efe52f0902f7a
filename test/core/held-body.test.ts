import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { HeldBody } from '../../packages/core/src/held-body.ts'

describe('the body of a response while it is held', () => {
  it('B1 is one string where all of it is text', () => {
    const held = new HeldBody()
    for (const piece of ['<ul>', '<li>é</li>', '</ul>']) held.add(piece, 'utf8')
    expect(held.join()).toBe('<ul><li>é</li></ul>')
  })

  it('B1 keeps the order of text, bytes and text in other encodings', () => {
    const held = new HeldBody()
    held.add('é', 'utf8')
    held.add(Uint8Array.of(1, 2), 'utf8')
    held.add('ff', 'hex')
    held.add('é', 'latin1')
    held.add('b', 'utf8')
    expect(held.join()).toEqual(Buffer.from([0xc3, 0xa9, 1, 2, 0xff, 0xe9, 0x62]))
  })

  it('B1 keeps every byte of many pieces, of all sizes and both kinds', () => {
    const held = new HeldBody()
    const all: Buffer[] = []
    for (let i = 0; i < 500; i++) {
      const text = 'é'.repeat((i * 7) % 50)
      const bytes = Buffer.alloc((i * i) % 301, i)
      held.add(text, 'utf8')
      held.add(bytes, 'utf8')
      all.push(Buffer.from(text), bytes)
    }
    held.add('the end', 'utf8')
    const whole = Buffer.concat([...all, Buffer.from('the end')])
    expect(held.isLargerThan(whole.byteLength)).toBe(false)
    expect(held.isLargerThan(whole.byteLength - 1)).toBe(true)
    expect(Buffer.compare(whole, held.join() as Buffer)).toBe(0)
  })

  for (const [encoding, text] of [
    ['base64', 'aGVs bG8=\n?'],
    ['base64url', 'aGVsbG8-_w'],
    ['hex', '0afz10'],
    ['utf16le', 'é語'],
    ['latin1', 'é語'],
  ] as const) {
    it(`B1 encodes ${encoding} as Buffer.from() does, and goes on behind it`, () => {
      const held = new HeldBody()
      held.add(text, encoding)
      held.add('é', 'utf8')
      expect(held.join()).toEqual(Buffer.concat([Buffer.from(text, encoding), Buffer.from('é')]))
    })
  }

  it('B1 keeps bytes as they were written, whatever becomes of their memory', () => {
    const memory = Buffer.from('first')
    const held = new HeldBody()
    held.add(memory, 'utf8')
    memory.write('again')
    expect(String(held.join())).toBe('first')
  })

  for (const [text, bytes] of [
    ['a', 1],
    ['é', 2],
    ['語', 3],
    ['😀', 4],
  ] as const) {
    it(`B4 counts ${bytes} for ${text}, where it comes near the limit`, () => {
      const held = new HeldBody()
      for (let i = 0; i < 1000; i++) {
        held.add(text, 'utf8')
        expect(held.isLargerThan(1000 * bytes)).toBe(false)
      }
      expect(held.isLargerThan(1000 * bytes - 1)).toBe(true)
      held.add('a', 'utf8')
      expect(held.isLargerThan(1000 * bytes)).toBe(true)
    })
  }

  it('B4 counts bytes and text together', () => {
    const held = new HeldBody()
    held.add('éé', 'utf8')
    held.add(Buffer.alloc(10), 'utf8')
    held.add('é', 'utf8')
    held.add('ff', 'hex')
    expect(held.isLargerThan(17)).toBe(false)
    expect(held.isLargerThan(16)).toBe(true)
  })
})

import { setImmediate } from 'node:timers/promises'

/** A page as templates give it: 100 pieces, each in a turn of its own. */
export async function* pieces(): AsyncGenerator<string> {
  for (let i = 0; i < 100; i++) {
    yield PIECE
    await setImmediate()
  }
}

const PIECE = `${'x'.repeat(99)}\n`

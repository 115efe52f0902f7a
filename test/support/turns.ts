/** Lets the event loop turn: for what must not happen, where there is no event to wait for. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((next) => setImmediate(next))
}

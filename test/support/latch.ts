/** A promise with its handle outside, for "the handler runs now" and "the handler may go on". */
export interface Latch<T = void> {
  readonly opened: Promise<T>
  open(value: T): void
}

export function createLatch<T = void>(): Latch<T> {
  let open: (value: T) => void = () => {}
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

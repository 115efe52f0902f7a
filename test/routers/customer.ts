/** Sends one order after the other, over kept connections, and none twice. */
export interface Customer {
  /** Why the order was not answered with itself; `undefined` where it was. */
  order(text: string): Promise<string | undefined>
  leave(): void
}

export const ORDER = { method: 'POST', path: '/order', type: 'text/plain' } as const

export const ANSWER_MS = 10_000
export const NO_ANSWER = `no answer in ${ANSWER_MS} ms`

export function judge(order: string, status: number | undefined, text: string): string | undefined {
  if (status !== 200) return `status ${status}`
  return text === order ? undefined : 'another answer'
}

const group = new Intl.NumberFormat('en-US')

/** `1,240` */
export function numberText(count: number): string {
  return group.format(count)
}

/** `1 request`, `1,240 requests` */
export function countText(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `a`, `a and b`, `a, b and c` */
export function listText(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

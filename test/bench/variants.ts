/** What a server of the benchmark has of us: nothing, the defaults, or one thing more. */
export const VARIANTS = ['without', 'with', 'unheld', 'touched'] as const
export type Variant = (typeof VARIANTS)[number]

export const VARIANT_NAMES: Record<Variant, string> = {
  without: 'without us',
  with: 'with us',
  unheld: 'buffer: false',
  touched: 'signal read',
}

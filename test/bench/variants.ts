/**
 * What a server of the benchmark has of us: nothing, the defaults, or one thing more. `'joined'` has nothing, and
 * its handlers of spaced writes do by hand what a buffer does for them: no buffer can be faster.
 */
export const VARIANTS = ['without', 'with', 'unheld', 'touched', 'joined'] as const
export type Variant = (typeof VARIANTS)[number]

export const VARIANT_NAMES: Record<Variant, string> = {
  without: 'without us',
  with: 'with us',
  unheld: 'buffer: false',
  touched: 'signal read',
  joined: 'joined by hand',
}

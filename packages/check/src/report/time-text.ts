/** A duration as people read it: `0.4 ms`, `37 ms`, `1.25 s`, `2 min 5 s`. */
export function timeText(ms: number): string {
  const size = Math.abs(ms)
  const sign = ms < 0 ? '−' : ''
  if (size < 0.05) return '0 ms'
  if (size < 1) return `${sign}${trimmed(size.toFixed(1))} ms`
  if (size < 999.5) return `${sign}${Math.round(size)} ms`
  if (size < 9_995) return `${sign}${trimmed((size / 1000).toFixed(2))} s`
  if (size < 99_950) return `${sign}${trimmed((size / 1000).toFixed(1))} s`
  const seconds = Math.round(size / 1000)
  const minutes = `${sign}${Math.floor(seconds / 60)} min`
  return seconds % 60 === 0 ? minutes : `${minutes} ${seconds % 60} s`
}

function trimmed(decimals: string): string {
  return decimals.replace(/\.?0+$/, '')
}

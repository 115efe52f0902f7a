/** Calls a function of the user's: what it throws or rejects with goes to `report`, and stops nothing. */
export function callUser<Args extends unknown[]>(
  report: (error: unknown) => void,
  fn: (...args: Args) => unknown,
  ...args: Args
): void {
  try {
    const result = fn(...args)
    if (result instanceof Promise) result.catch(report)
  } catch (error) {
    report(error)
  }
}

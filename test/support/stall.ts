/** The event loop stands still: a long computation, a garbage collection, a starved process. */
export function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

import type { Host } from '../hosts/host.ts'

/** A1–A11, B8, B9: a client that leaves becomes a signal, and nothing else does. */
export function aborts(_host: Host): void {}

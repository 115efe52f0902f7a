import { createRequire } from 'node:module'

// By its own name, which is the same from src and from dist.
const manifest: { version: string } = createRequire(import.meta.url)('@hangup/check/package.json')

export const { version } = manifest

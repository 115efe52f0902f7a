import type { AppProcess } from './app-process.ts'

export const FLUSHED = 'flushed   200, waited to the end'
export const ABORTED = 'aborted client handler 499, waited to ERR_CLIENT_GONE'
export const UPLOAD_ABORTED = 'aborted client upload 499, waited to ERR_CLIENT_GONE'

/** How the next request to `/wait` ends: its outcome, and what made its handler go on. */
export async function nextFate(app: AppProcess): Promise<string> {
  const settled = await app.told('settled')
  return `${settled}, waited to ${await app.told('waited')}`
}

import { type Browser, chromium } from 'playwright-core'
import { findProgram } from '../routers/programs.ts'

/** Debian's Chromium, without a window. It looks up no name: nothing here is farther away than this machine. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram('chromium'),
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', ...args],
  })
}

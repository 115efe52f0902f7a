import { type Browser, chromium } from 'playwright-core'
import { findProgram } from '../routers/programs.ts'

/** Debian's Chromium, without a window. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findProgram('chromium'), args: [...args] })
}

import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import type { Recorder } from './recorder.ts'
import type { ScenarioResult } from './result.ts'
import { countsInWords, renderScenario } from './scorecard.ts'

/** Where the check says how far it is. */
export interface Progress {
  /** What it does from now on. */
  begin(what: string): void
  /** Whose counts to show beside it. */
  watch(recorder: Pick<Recorder, 'counts'>): void
  done(result: ScenarioResult): void
  /** Takes away what is not to stay. */
  clear(): void
}

const REDRAW_MS = 100
const CLEAR_LINE = '\r\x1b[2K'
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** One line that is drawn again and again on a terminal; elsewhere only what is done is said. */
export function createProgress(out: WriteStream): Progress {
  let what = ''
  let watched: Pick<Recorder, 'counts'> | undefined
  let frame = 0
  let began = 0
  const timer = out.isTTY ? setInterval(draw, REDRAW_MS) : undefined
  timer?.unref()

  function draw(): void {
    if (what === '') return
    frame = (frame + 1) % FRAMES.length
    const seconds = ((performance.now() - began) / 1_000).toFixed(1)
    const counts = watched === undefined ? '' : `  ${countsInWords(watched.counts)}`
    const line = `${FRAMES[frame]} ${what}  ${seconds} s${counts}`.slice(0, out.columns - 1)
    out.write(`${CLEAR_LINE}${pc.dim(line)}`)
  }

  function erase(): void {
    what = ''
    if (out.isTTY) out.write(CLEAR_LINE)
  }

  return {
    begin(next) {
      what = next
      watched = undefined
      began = performance.now()
    },
    watch(recorder) {
      watched = recorder
    },
    done(result) {
      erase()
      out.write(`${renderScenario(result, out.columns)}\n`)
    },
    clear() {
      clearInterval(timer)
      erase()
    },
  }
}

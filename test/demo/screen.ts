import type { WriteStream } from 'node:tty'
import { type Row, renderTable, TABLE_WIDTH } from './table.ts'

/** Where the table is shown while its figures come in. */
export interface Screen {
  /** Shows the table as it stands: on a terminal in place of the last one, else as a line on `row`. */
  show(row: Row): void
  /** Shows the table a last time. */
  finish(): void
  /** Leaves the terminal as it was found. */
  restore(): void
}

export function createScreen(rows: readonly Row[], out: WriteStream): Screen {
  const isLive = out.isTTY && out.columns >= TABLE_WIDTH
  return isLive ? createLiveScreen(rows, out) : createPlainScreen(rows, out)
}

function createLiveScreen(rows: readonly Row[], out: WriteStream): Screen {
  const HIDE_CURSOR = '\x1b[?25l'
  const SHOW_CURSOR = '\x1b[?25h'
  const CLEAR_LINE = '\x1b[2K'
  const REDRAW_MS = 200
  const redrawing = setInterval(draw, REDRAW_MS)
  let height = 0

  function draw(): void {
    const lines = renderTable(rows, out.hasColors())
    const up = height === 0 ? HIDE_CURSOR : `\x1b[${height}A`
    out.write(up + lines.map((line) => `${CLEAR_LINE}${line}\n`).join(''))
    height = lines.length
  }

  function restore(): void {
    clearInterval(redrawing)
    if (height > 0) out.write(SHOW_CURSOR)
  }

  return {
    show: draw,
    finish() {
      draw()
      restore()
    },
    restore,
  }
}

function createPlainScreen(rows: readonly Row[], out: WriteStream): Screen {
  const began = performance.now()
  return {
    show({ framework, side, now }) {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      out.write(`${seconds.padStart(5)} s  ${framework} ${side} us: ${now()}\n`)
    },
    finish() {
      out.write(`\n${renderTable(rows, false).join('\n')}\n`)
    },
    restore() {},
  }
}

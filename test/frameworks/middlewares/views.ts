import { createElement, type ReactNode, Suspense, use } from 'react'
import { type PipeableStream, renderToPipeableStream } from 'react-dom/server'

const LATE_MS = 20

/** A view that React streams: its shell at once, and what it had to wait for later. */
export function streamView(): Promise<PipeableStream> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, LATE_MS, 'later'))
  const page = createElement(
    'main',
    null,
    createElement('h1', null, 'A view'),
    createElement(Suspense, { fallback: 'wait' }, createElement(Late, { text: late })),
  )
  return new Promise((resolve, reject) => {
    const view = renderToPipeableStream(page, {
      onShellReady: () => resolve(view),
      onShellError: reject,
      onError() {}, // The answer to a HEAD closes before it has all.
    })
  })
}

function Late({ text }: { text: Promise<string> }): ReactNode {
  return createElement('p', null, use(text))
}

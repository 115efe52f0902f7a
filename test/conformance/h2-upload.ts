const FRAME_BYTES = 16_384
const DEFAULT_WINDOW = 65_535

interface Upload {
  window: number
  readonly chunks: Buffer[]
  ends: boolean
  ended: boolean
}

/** Request bodies on their way, within the windows that the server has opened. */
export interface Uploads {
  add(id: number): void
  write(id: number, chunk: Buffer, end: boolean): void
  /** Stream 0 is the connection. */
  widen(id: number, by: number): void
  resize(initialWindow: number): void
}

export function createUploads(send: (id: number, part: Buffer, end: boolean) => void): Uploads {
  const uploads = new Map<number, Upload>()
  let initialWindow = DEFAULT_WINDOW
  let window = DEFAULT_WINDOW

  function flush(id: number, upload: Upload): void {
    for (;;) {
      const chunk = upload.chunks[0]
      if (chunk === undefined) break
      const room = Math.min(window, upload.window, FRAME_BYTES)
      if (room <= 0) return
      const part = chunk.subarray(0, room)
      if (part.length === chunk.length) upload.chunks.shift()
      else upload.chunks[0] = chunk.subarray(room)
      window -= part.length
      upload.window -= part.length
      upload.ended = upload.ends && upload.chunks.length === 0
      send(id, part, upload.ended)
    }
    if (upload.ends && !upload.ended) {
      upload.ended = true
      send(id, Buffer.alloc(0), true)
    }
  }

  function flushAll(): void {
    for (const [id, upload] of uploads) flush(id, upload)
  }

  return {
    add(id) {
      uploads.set(id, { window: initialWindow, chunks: [], ends: false, ended: false })
    },
    write(id, chunk, end) {
      const upload = uploads.get(id)
      if (upload === undefined) throw new Error(`stream ${id} has no body`)
      if (chunk.length > 0) upload.chunks.push(chunk)
      upload.ends ||= end
      flush(id, upload)
    },
    widen(id, by) {
      const upload = uploads.get(id)
      if (id === 0) window += by
      else if (upload !== undefined) upload.window += by
      flushAll()
    },
    resize(size) {
      for (const upload of uploads.values()) upload.window += size - initialWindow
      initialWindow = size
      flushAll()
    },
  }
}

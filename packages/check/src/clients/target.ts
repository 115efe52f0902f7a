/** Where requests go, and what they are made of. */
export interface Target {
  readonly url: URL
  /** The one address that is talked to. */
  readonly address: string
  readonly port: number
  readonly isSecure: boolean
  /** Whether its certificate must be one that is trusted: not on this machine. */
  readonly checksCertificate: boolean
  readonly headers: readonly Header[]
  readonly paths: {
    readonly work: string
    readonly upload: string
    readonly download: string
  }
}

export type Header = readonly [name: string, value: string]

/** A request as HTTP/1 text, in parts that can be sent apart. */
export interface Request {
  /** `GET /work` */
  readonly label: string
  readonly head: string
  readonly body: string
}

export function getRequest(target: Target, path = target.paths.work, ...more: Header[]): Request {
  return buildRequest(target, 'GET', path, '', more)
}

export function uploadRequest(target: Target, bodyBytes: number): Request {
  const type: Header[] = target.headers.some(([name]) => /^content-type$/i.test(name))
    ? []
    : [['Content-Type', 'application/octet-stream']]
  const length: Header = ['Content-Length', String(bodyBytes)]
  const body = 'x'.repeat(bodyBytes)
  return buildRequest(target, 'POST', target.paths.upload, body, [...type, length])
}

function buildRequest(
  { url, headers }: Target,
  method: string,
  path: string,
  body: string,
  more: readonly Header[],
): Request {
  const fields: Header[] = [
    ['Host', url.host],
    ['User-Agent', 'hangup-check'],
    ['Accept', '*/*'],
    ...headers,
    ...more,
  ]
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return { label: `${method} ${path}`, head: `${method} ${path} HTTP/1.1\r\n${lines}\r\n`, body }
}

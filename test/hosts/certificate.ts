import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

let made: Promise<Certificate> | undefined

/** A self-signed certificate for 127.0.0.1 and `app`: made anew in each test process, trusted by nobody. */
export function certificate(): Promise<Certificate> {
  made ??= generate([{ name: 'commonName', value: 'hangup test' }], {
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'app' },
        ],
      },
    ],
  }).then((pem) => ({ key: pem.private, cert: pem.cert }))
  return made
}

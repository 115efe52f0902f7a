import { generate } from 'selfsigned'

let made: Promise<{ key: string; cert: string }> | undefined

/** A self-signed certificate for 127.0.0.1: made anew in each test process, trusted by nobody. */
export function certificate(): Promise<{ key: string; cert: string }> {
  made ??= generate([{ name: 'commonName', value: 'hangup test' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  }).then((pem) => ({ key: pem.private, cert: pem.cert }))
  return made
}

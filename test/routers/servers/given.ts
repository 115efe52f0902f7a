import { writeSync } from 'node:fs'
import type { HangupOptions } from '@hangup/core'
import type { Certificate } from '../../hosts/certificate.ts'

/** What is spoken to a server of the application. */
export type Speaks = 'http' | 'https' | 'h2c' | 'h2'

/** What the test gives to a server, as the one argument of its process. */
export interface Given {
  readonly host: string
  readonly port: number
  readonly speaks: Speaks
  readonly certificate: Certificate
  readonly isWithUs: boolean
  readonly options: HangupOptions
}

const given: Given = JSON.parse(process.argv[2] ?? '{}')

export const { host, port, speaks, certificate, isWithUs } = given

/** Ours, as the test gives them; how a request ended that a row waits for is told. */
export const options: HangupOptions = {
  health: true,
  onSettled({ url }, { kind, by = '', phase = '', status }) {
    if (url.startsWith('/wait')) tell('settled', [kind, by, phase, status].join(' '))
  },
  ...given.options,
}

// The test holds the other end: a server whose test is gone ends too.
process.stdin.on('end', () => process.exit(2)).resume()
const stdin: object = process.stdin
if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref()

/** A word on stdout, at once, and what belongs to it. */
export function tell(word: string, what = ''): void {
  writeSync(1, `${word} ${what}\n`)
}

export function tellListening(): void {
  tell('listening')
}

import { parseArgs } from 'node:util'
import type { Header } from './clients/target.ts'
import type { Thresholds } from './result.ts'
import { UsageError } from './usage-error.ts'

/** What to check and how, in order and complete. */
export interface CheckOptions {
  readonly url: URL
  readonly command: readonly string[]
  readonly allowHost: string | undefined
  /** Absolute paths on the url's own host. */
  readonly uploadPath: string
  readonly downloadPath: string
  readonly headers: readonly Header[]
  readonly connections: number
  readonly roundTripMs: number
  readonly startMs: number
  /** `stderrLines` undefined: none, unless healthy requests cause some already. */
  readonly thresholds: Omit<Thresholds, 'stderrLines'> & {
    readonly stderrLines: number | undefined
  }
  readonly only: readonly string[]
  readonly skip: readonly string[]
  readonly json: string | undefined
  readonly report: string | undefined
}

export type CommandLine =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'check'; readonly options: CheckOptions }

const FLAGS = {
  url: { type: 'string' },
  'allow-host': { type: 'string' },
  'upload-path': { type: 'string' },
  'download-path': { type: 'string' },
  header: { type: 'string', multiple: true },
  connections: { type: 'string', default: '24' },
  'round-trip-ms': { type: 'string', default: '10' },
  'start-ms': { type: 'string', default: '15000' },
  'exit-ms': { type: 'string', default: '30000' },
  'exit-code': { type: 'string', multiple: true },
  'max-failed': { type: 'string', default: '0' },
  'max-lost': { type: 'string', default: '0' },
  'max-truncated': { type: 'string', default: '0' },
  'max-hung': { type: 'string', default: '0' },
  'max-stderr': { type: 'string' },
  only: { type: 'string', multiple: true },
  skip: { type: 'string', multiple: true },
  json: { type: 'string' },
  report: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

type Values = ReturnType<typeof parse>['values']

/** Reads the words after `hangup-check`; throws a UsageError for what it cannot use. */
export function parseCommandLine(
  args: readonly string[],
  scenarios: readonly string[],
): CommandLine {
  const { values, positionals } = parse(args)
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  const url = urlOf(values.url)
  if (positionals.length === 0) {
    throw new UsageError(
      'the command that starts the service is missing: add it at the end, after --, as in: -- node server.js',
    )
  }
  const only = namesOf(values, 'only', scenarios)
  const skip = namesOf(values, 'skip', scenarios)
  if (scenarios.every((name) => skip.includes(name) || (only.length > 0 && !only.includes(name)))) {
    throw new UsageError('--only and --skip leave no scenario; leave one of them out')
  }
  const ownPath = url.pathname + url.search
  return {
    kind: 'check',
    options: {
      url,
      command: positionals,
      allowHost: values['allow-host'],
      uploadPath: pathOf(values, 'upload-path', ownPath),
      downloadPath: pathOf(values, 'download-path', ownPath),
      headers: (values.header ?? []).map(headerOf),
      connections: wholeNumber(values, 'connections', 2, 200),
      roundTripMs: wholeNumber(values, 'round-trip-ms', 1, 1_000),
      startMs: wholeNumber(values, 'start-ms', 100, 600_000),
      thresholds: {
        failed: wholeNumber(values, 'max-failed'),
        lost: wholeNumber(values, 'max-lost'),
        truncated: wholeNumber(values, 'max-truncated'),
        hung: wholeNumber(values, 'max-hung'),
        exitMs: wholeNumber(values, 'exit-ms', 100, 600_000),
        exitCodes: wordsOf(values['exit-code'] ?? ['0']).map((word) =>
          toNumber('exit-code', word, 0, 255),
        ),
        stderrLines:
          values['max-stderr'] === undefined ? undefined : wholeNumber(values, 'max-stderr'),
      },
      only,
      skip,
      json: fileOf(values, 'json'),
      report: fileOf(values, 'report'),
    },
  }
}

function parse(args: readonly string[]) {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  try {
    const { values, positionals } = parseArgs({
      args: [...own],
      options: FLAGS,
      allowPositionals: true,
    })
    if (positionals.length > 0) {
      throw new UsageError(
        `"${positionals[0]}" is no option: the command that starts the service goes after --, as in: -- node server.js`,
      )
    }
    return { values, positionals: end < 0 ? [] : args.slice(end + 1) }
  } catch (error) {
    if (error instanceof UsageError) throw error
    // Node's own message names the option and says what is wrong with it.
    const [message = ''] = String(error instanceof Error ? error.message : error).split('. ')
    throw new UsageError(`${message}. See hangup-check --help`)
  }
}

function urlOf(given: string | undefined): URL {
  if (given === undefined) {
    throw new UsageError(
      '--url is missing: give the address of a request that the service answers, as in: --url http://localhost:3000/work',
    )
  }
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `--url must be an absolute http or https address, got "${given}"; write it as http://localhost:3000/work`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `--url must not hold a name or password, got "${given}"; send them as --header 'Authorization: …'`,
    )
  }
  return url
}

function pathOf(values: Values, name: 'upload-path' | 'download-path', otherwise: string): string {
  const given = values[name]
  if (given === undefined) return otherwise
  // Also what would lead to another host.
  if (/^\/(?!\/)[\x21-\x7e]*$/.test(given)) return given
  throw new UsageError(
    `--${name} must be a path on the host of --url, got "${given}"; begin it with one slash and escape it`,
  )
}

function headerOf(given: string): Header {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*([\t\x20-\x7e\x80-\xff]*)$/.exec(given) ?? []
  if (name === undefined || value === undefined) {
    throw new UsageError(
      `--header must be a name and a value, got "${given}"; write it as 'name: value'`,
    )
  }
  if (/^(host|connection|content-length|transfer-encoding|expect|upgrade)$/i.test(name)) {
    throw new UsageError(`--header must not be ${name}, which is the check's own; leave it out`)
  }
  return [name, value]
}

type NumberFlag = {
  [Name in keyof Values]-?: Name extends `max-${string}` | `${string}-ms` | 'connections'
    ? Name
    : never
}[keyof Values]

function wholeNumber(values: Values, name: NumberFlag, min = 0, max = 1_000_000): number {
  return toNumber(name, String(values[name]), min, max)
}

function toNumber(name: string, word: string, min: number, max: number): number {
  const number = /^\d+$/.test(word) ? Number(word) : Number.NaN
  if (number >= min && number <= max) return number
  const unit = name.endsWith('-ms') ? ' of milliseconds' : ''
  throw new UsageError(
    `--${name} must be a whole number${unit} from ${min} to ${max}, got "${word}"; write it in digits`,
  )
}

function namesOf(values: Values, name: 'only' | 'skip', known: readonly string[]): string[] {
  const names = wordsOf(values[name] ?? [])
  for (const given of names) {
    if (known.includes(given)) continue
    throw new UsageError(`--${name} names no scenario: "${given}"; there are ${known.join(', ')}`)
  }
  return names
}

/** `--only a,b --only c` */
function wordsOf(given: readonly string[]): string[] {
  return given.flatMap((words) => words.split(',')).filter((word) => word !== '')
}

function fileOf(values: Values, name: 'json' | 'report'): string | undefined {
  const file = values[name]
  if (file !== '') return file
  throw new UsageError(`--${name} must name a file, got ""; leave it out for none`)
}

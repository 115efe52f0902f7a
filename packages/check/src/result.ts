/** What a check has found: what `--json` writes and what the report draws. Every time is in milliseconds. */
export interface CheckResult {
  /** Counts up when a reader of the last format would misread this one. */
  readonly format: 1
  /** ISO 8601. */
  readonly madeAt: string
  /** The version of `@hangup/check`. */
  readonly tool: string
  readonly url: string
  /** What was started, word by word. */
  readonly command: readonly string[]
  readonly machine: Machine
  readonly thresholds: Thresholds
  /** No scenario failed, and one was not skipped. */
  readonly passed: boolean
  readonly scenarios: readonly ScenarioResult[]
}

export interface Machine {
  /** Of the check, which need not be the service's: `v20.19.0`. */
  readonly node: string
  /** `linux x64` */
  readonly platform: string
  readonly cpus: number
}

/** What a scenario may cost and still pass. */
export interface Thresholds {
  readonly failed: number
  readonly lost: number
  readonly truncated: number
  readonly hung: number
  /** From the signal to the end of the process. */
  readonly exitMs: number
  /** A process that a signal ended counts as 128 and the signal's number. */
  readonly exitCodes: readonly number[]
  /** Lines on stderr that clients may cause by leaving; null: not judged, since healthy requests cause some too. */
  readonly stderrLines: number | null
}

export type Verdict = 'passed' | 'failed' | 'skipped'

export interface ScenarioResult {
  /** In kebab-case, as `--only` takes it: `sigterm-busy`. */
  readonly name: string
  /** `SIGTERM with busy keep-alive connections` */
  readonly title: string
  /** What it asks, in one sentence that a person understands. */
  readonly question: string
  readonly verdict: Verdict
  /** Why it failed or was skipped, each a sentence with its figures; empty where it passed. */
  readonly reasons: readonly string[]
  /** What usually causes it, and what helps. Only where it failed. */
  readonly advice?: string
  readonly counts: Counts
  /** How the process ended after SIGTERM; absent where the scenario sends none, or was skipped. */
  readonly exit?: Exit
  readonly stderr: Stderr
  /** How long it took, the start of the service included. */
  readonly ms: number
  readonly timeline: Timeline
}

/** Requests by what became of them; those whose client left on purpose are not among them. */
export type Counts = Readonly<Record<Exclude<Fate, 'left'>, number>>

/**
 * What became of a request:
 * - `answered`: a whole answer;
 * - `refused`: not taken on, so that clients and proxies send it elsewhere by themselves: the connection
 *   or the HTTP/2 stream was refused;
 * - `failed`: a whole answer with a status of 5xx;
 * - `lost`: sent, and the connection was closed or reset before any answer;
 * - `truncated`: an answer began and did not come whole;
 * - `hung`: no answer, and the connection stood open until the check gave up;
 * - `left`: the client left on purpose.
 */
export type Fate = 'answered' | 'refused' | 'failed' | 'lost' | 'truncated' | 'hung' | 'left'

export interface Exit {
  readonly code: number | null
  /** `SIGKILL` where the check had to end it itself. */
  readonly signal: string | null
  /** From SIGTERM. */
  readonly afterMs: number
}

export interface Stderr {
  readonly lines: number
  /** The first few of them, each cut at a bearable length. */
  readonly first: readonly string[]
}

/** What happened when, in milliseconds since the scenario began (the service answered already). */
export interface Timeline {
  readonly endMs: number
  /** In order of time. */
  readonly marks: readonly Mark[]
  /** In order of opening. */
  readonly connections: readonly ConnectionSpan[]
  /** In order of beginning. Each is on a connection of the list above. */
  readonly requests: readonly RequestSpan[]
  /** How many of each stand in no list, to keep a report small. The worst and those nearest to SIGTERM stay. */
  readonly omitted: { readonly connections: number; readonly requests: number }
}

export interface Mark {
  readonly at: number
  readonly kind: 'sigterm' | 'listener-closed' | 'last-byte' | 'exit'
  /** In words: `SIGTERM sent`, `the first connection was refused`, `exit with code 0`. */
  readonly label: string
}

export interface ConnectionSpan {
  readonly id: number
  readonly openedAt: number
  /** Absent: open until the end. */
  readonly closedAt?: number
  /** By whom it ended: the service's FIN, its reset, a refusal, our patience, or our own closing. */
  readonly how?: 'end' | 'reset' | 'refused' | 'timeout' | 'client'
}

export interface RequestSpan {
  /** The id of its connection. */
  readonly connection: number
  readonly from: number
  /** Absent: it hung. */
  readonly to?: number
  readonly fate: Fate
  /** `GET /work` */
  readonly label: string
  readonly status?: number
}

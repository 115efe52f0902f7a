/** What the load process is asked for. */
export interface Shot {
  readonly url: string
  readonly connections: number
  /** `wrk` makes as many as it can in its time. */
  readonly requests: number
  /** Default: autocannon. */
  readonly tool?: 'autocannon' | 'burst' | 'download' | 'h2load' | 'wrk'
  /** Of each download. */
  readonly leastBytes?: number
  /** JSON to be sent with POST. */
  readonly json?: object
}

export interface Hits {
  readonly requests: number
  readonly seconds: number
}

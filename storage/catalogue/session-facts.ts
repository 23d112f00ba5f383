/** What the header of a session says: how it was run. Plain data, as it lies beside the journal's segments. */
export interface SessionHeader {
  /** What wrote the journal. */
  readonly kind: 'replay' | 'rerun' | 'live'
  /** Version of the appliance. */
  readonly version: string
  /** SHA-256 over the programs that ran: kernels and command. */
  readonly codeHash: string
  /** Over everything that decisions depend on, as in the session-start record. */
  readonly configHash: string
  readonly seed: number
  readonly plugins: readonly PluginFacts[]
  /** The risk gate's limits. */
  readonly limits: Readonly<Record<string, unknown>>
  readonly files: readonly string[]
  /** Day of the session where the exchange is, YYYY-MM-DD; null where it is not known. */
  readonly date: string | null
}

export interface PluginFacts {
  readonly name: string
  readonly path: string
  /** SHA-256 of its bundle. */
  readonly codeHash: string
  readonly params: Readonly<Record<string, string | number | boolean>>
}

/** Exit codes of `xk`, one per family of failure; the README's table of exit codes derives from these names. */
export enum ExitCode {
  Ok = 0,
  /** A defect of the product itself. */
  Internal = 1,
  /** The command line or the configuration is wrong. */
  Usage = 2,
  /** An input file is missing, unreadable or not what it should be. */
  Input = 3,
  /** The host lacks something: memory, permission, disk space, a compiler. */
  Host = 4,
  /** Another live instance owns what was asked for. */
  Busy = 5,
  /** A strategy plugin is broken, threw or overran its budget. */
  Strategy = 6,
  /** A kernel died and could not be brought back. */
  Kernel = 7,
  /** A journal does not verify, or a rerun differs from it. */
  Journal = 8,
  /** The venue's drop copy says something else of executions than order entry. */
  Break = 9,
  /** An operator's command was refused, or nobody answered it. */
  Refused = 10,
  /** A rehearsal's expectation was not met. */
  Rehearsal = 11,
  /** A live session ended without one at the venue: not reached, refused, or lost for good. */
  Venue = 12,
  /** Stopped by SIGINT. */
  Interrupted = 130,
  /** Stopped by SIGTERM. */
  Terminated = 143,
}

export interface XkErrorFacts {
  /** Stable machine-readable name, such as `region-owned`. */
  readonly code: string
  /** What is wrong, in one sentence without a full stop. */
  readonly what: string
  /** File, offset, field, process: where it is wrong. */
  readonly where?: string
  /** What the user can do next. */
  readonly next?: string
  readonly exitCode?: ExitCode
  readonly cause?: unknown
}

/** The base of every error that reaches a user: never shown with a stack trace. */
export class XkError extends Error {
  readonly code: string
  readonly what: string
  readonly where: string | undefined
  readonly next: string | undefined
  readonly exitCode: ExitCode

  constructor(facts: XkErrorFacts) {
    const where = facts.where === undefined ? '' : ` (${facts.where})`
    const next = facts.next === undefined ? '' : `: ${facts.next}`
    super(`${facts.what}${where}${next}`, { cause: facts.cause })
    this.name = new.target.name
    this.code = facts.code
    this.what = facts.what
    this.where = facts.where
    this.next = facts.next
    this.exitCode = facts.exitCode ?? ExitCode.Internal
  }
}

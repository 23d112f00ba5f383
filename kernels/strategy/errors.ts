import { ExitCode, XkError } from '../host/xk-error.ts'

/** A plugin that cannot be bundled: a file is missing, does not parse, or imports what a strategy may not. */
export class PluginBundleError extends XkError {
  constructor(what: string, where: string, next?: string) {
    super({ code: 'plugin-bundle', what, where, ...(next === undefined ? {} : { next }), exitCode: ExitCode.Strategy })
  }
}

/** A bundled plugin that cannot be loaded: it throws while it is evaluated, or its default export is no strategy. */
export class PluginLoadError extends XkError {
  constructor(what: string, where: string, next?: string, cause?: unknown) {
    super({
      code: 'plugin-load',
      what,
      where,
      ...(next === undefined ? {} : { next }),
      cause,
      exitCode: ExitCode.Strategy,
    })
  }
}

/** A parameter that the strategy does not have, or a value that it does not take. */
export class ParamError extends XkError {
  constructor(what: string, where: string, next: string) {
    super({ code: 'strategy-param', what, where, next, exitCode: ExitCode.Usage })
  }
}

/** On resume, the strategy kernel decided something else than what it had published before its death. */
export class OutboundDiffersError extends XkError {
  readonly sequence: number
  /** Which field of which record, in words. */
  readonly difference: string

  constructor(sequence: number, difference: string) {
    super({
      code: 'outbound-differs',
      what: `the re-run does not give the outbound records that were published: ${difference}`,
      where: `outbound sequence ${sequence}`,
      next: 'check that strategy files, parameters and the Node version are those of the first run, then verify the journal',
      exitCode: ExitCode.Journal,
    })
    this.sequence = sequence
    this.difference = difference
  }
}

/** The standby decided something else than the live strategy kernel published: it must not take that one's place. */
export class StandbyDiffersError extends XkError {
  constructor({ sequence, difference }: OutboundDiffersError) {
    super({
      code: 'standby-differs',
      what: `the standby does not decide what the live strategy kernel published: ${difference}`,
      where: `outbound sequence ${sequence}`,
      next: 'the session goes on without it; a strategy that decides by more than records and its state cannot be replayed either: xk rerun',
      exitCode: ExitCode.Journal,
    })
  }
}

/** A record that the standby needs is on its way from the ring into the journal, and to be had from neither. */
export class StandbyBehindError extends XkError {
  constructor(stream: 'inbound' | 'outbound', sequence: number) {
    super({
      code: 'standby-behind',
      what: `the standby is behind by a whole ring: ${stream} record ${sequence} is to be had from neither ring nor journal`,
      next: 'make the rings larger (rings.inboundBytes, rings.outboundBytes), or give housekeeping a core of its own',
      exitCode: ExitCode.Kernel,
    })
  }
}

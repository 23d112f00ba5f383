import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** `file:line:column`, or the flag that it came from. */
  readonly where: string
  /** What was found. */
  readonly what: string
  /** What is allowed, or what was meant. */
  readonly next: string
}

/** A configuration that is not valid; names every problem found, the first one in full. */
export class ConfigError extends XkError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const [first, ...others] = problems
    if (first === undefined) throw new RangeError('a configuration error needs a problem')
    const more = others.map((problem) => `\n  also ${problem.where}: ${problem.what}; ${problem.next}`)
    super({
      code: 'configuration',
      what: first.what,
      where: first.where,
      next: first.next + more.join(''),
      exitCode: ExitCode.Usage,
    })
    this.problems = problems
  }
}

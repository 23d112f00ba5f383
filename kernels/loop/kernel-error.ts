import { ExitCode, XkError } from '../host/xk-error.ts'

/** How a kernel process ended. */
export interface KernelExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * The error by which a kernel process says why it gave up: the last line of its standard error, as JSON.
 * @param hasBegun whether the session had begun, so that there is a journal of it
 */
export function readKernelError(kernel: string, exit: KernelExit, stderrTail: string, hasBegun = true): XkError {
  const lastLine = stderrTail.trimEnd().split('\n').at(-1) ?? ''
  const facts = parseFacts(lastLine)
  if (facts !== undefined) return new XkError(facts)
  const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`
  return new XkError({
    code: 'kernel-lost',
    what: `the ${kernel} kernel ${how}${hasBegun ? '' : ' before the session began'}`,
    where: lastLine === '' ? undefined : lastLine.slice(0, 200),
    next: hasBegun ? 'the journal holds everything up to then: xk journal verify' : 'nothing was traded: run it again',
    exitCode: ExitCode.Kernel,
  })
}

function parseFacts(line: string): ConstructorParameters<typeof XkError>[0] | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const parsed = JSON.parse(line) as { error?: ConstructorParameters<typeof XkError>[0] }
    return typeof parsed.error?.what === 'string' ? parsed.error : undefined
  } catch {
    return undefined
  }
}

/** What a kernel process prints as its last line when it gives up. */
export function printKernelError(error: unknown): ExitCode {
  const facts =
    error instanceof XkError
      ? { code: error.code, what: error.what, where: error.where, next: error.next, exitCode: error.exitCode }
      : {
          code: 'internal',
          what: `a defect: ${error instanceof Error ? error.message : String(error)}`,
          next: 'run again with XK_DEBUG=1 and report it',
          exitCode: ExitCode.Internal,
        }
  if (process.env.XK_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  process.stderr.write(`${JSON.stringify({ error: facts })}\n`)
  return facts.exitCode
}

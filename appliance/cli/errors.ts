import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { LINE_COLUMNS_MAX, wrapLines } from './table.ts'

/** The command line is wrong. */
export class UsageError extends XkError {
  constructor(what: string, next?: string) {
    super({ code: 'usage', what, next, exitCode: ExitCode.Usage })
  }
}

/** The user stopped the command; the reason with which a command's AbortSignal fires. */
export class StoppedError extends XkError {
  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super({
      code: signal === 'SIGINT' ? 'interrupted' : 'terminated',
      what: `stopped by ${signal}`,
      exitCode: signal === 'SIGINT' ? ExitCode.Interrupted : ExitCode.Terminated,
    })
  }
}

/** Errors of Node's system calls that users cause, and what to do about them (errno(3)). */
const SYSTEM_ERRORS: Record<string, { what: string; next: string; exitCode: ExitCode }> = {
  ENOENT: { what: 'no such file or folder', next: 'check the path', exitCode: ExitCode.Input },
  ENOTDIR: { what: 'a part of the path is not a folder', next: 'check the path', exitCode: ExitCode.Input },
  EISDIR: { what: 'a folder where a file is needed', next: 'name the file', exitCode: ExitCode.Input },
  EACCES: { what: 'permission denied', next: 'check the owner and mode of the file', exitCode: ExitCode.Input },
  EPERM: { what: 'operation not permitted', next: 'check who owns it', exitCode: ExitCode.Host },
  EROFS: { what: 'the file system is read-only', next: 'choose another folder', exitCode: ExitCode.Host },
  ENOSPC: { what: 'no space left on the device', next: 'free some, or choose another folder', exitCode: ExitCode.Host },
  EDQUOT: { what: 'the disk quota is used up', next: 'free some, or choose another folder', exitCode: ExitCode.Host },
  EMFILE: { what: 'too many open files', next: 'raise the limit: ulimit -n', exitCode: ExitCode.Host },
  ENOMEM: { what: 'out of memory', next: 'close other programs or use smaller rings', exitCode: ExitCode.Host },
  EIO: { what: 'the device failed to read or write', next: 'see the kernel log: dmesg', exitCode: ExitCode.Host },
}

/** Any thrown value as an error that can be shown: typed ones as they are, system errors translated, others internal. */
export function toXkError(thrown: unknown): XkError {
  if (thrown instanceof XkError) return thrown
  const error: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown))
  const known = error.code === undefined ? undefined : SYSTEM_ERRORS[error.code]
  if (known !== undefined) {
    const where = [error.path, error.syscall, error.code].filter((part) => part !== undefined).join(', ')
    return new XkError({ code: `system-${error.code!.toLowerCase()}`, where, cause: thrown, ...known })
  }
  return new XkError({
    code: 'internal',
    what: error.message === '' ? error.name : error.message.split('\n')[0]!,
    where: error.name === 'Error' ? undefined : error.name,
    next: 'this is a defect of xk: run it again with XK_DEBUG=1 for the details',
    exitCode: ExitCode.Internal,
    cause: thrown,
  })
}

/**
 * The lines that a person reads: what (where), then what to do next. They are broken at blanks only, in a pipe too, so that a path
 * stays whole for whoever copies it; machines read `errorFacts`.
 */
export function describeError(error: XkError, columnsMax = LINE_COLUMNS_MAX): string {
  const where = error.where === undefined ? '' : ` (${error.where})`
  const lines = wrapLines(`xk: ${error.what}${where}`, columnsMax)
  if (error.next !== undefined) lines.push(...wrapLines(`next: ${error.next}`, columnsMax))
  return `${lines.join('\n')}\n`
}

/** The same for machines: the value of `error` under `--json`. */
export function errorFacts(error: XkError): Record<string, string | number | null> {
  return {
    code: error.code,
    what: error.what,
    where: error.where ?? null,
    next: error.next ?? null,
    exitCode: error.exitCode,
  }
}

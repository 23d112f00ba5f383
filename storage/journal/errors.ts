import { HostError } from '../../kernels/host/errors.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

/** What the journal was doing when the system refused. The numbers cross from the helper thread to its kernel. */
export enum JournalOperation {
  None = 0,
  Create = 1,
  Write = 2,
  Sync = 3,
  Read = 4,
  Truncate = 5,
  List = 6,
}

const OPERATION_TEXT: Record<JournalOperation, string> = {
  [JournalOperation.None]: 'used',
  [JournalOperation.Create]: 'created and preallocated',
  [JournalOperation.Write]: 'written',
  [JournalOperation.Sync]: 'made durable',
  [JournalOperation.Read]: 'read',
  [JournalOperation.Truncate]: 'cut back to its last whole batch',
  [JournalOperation.List]: 'listed',
}

const NEXT_BY_ERRNO: Record<string, string> = {
  ENOSPC: 'free disk space or choose another journal folder; everything up to the positions reported is safe',
  EDQUOT: 'raise the quota or choose another journal folder; everything up to the positions reported is safe',
  EIO: 'the device failed: look at the kernel log, do not reuse the disk, verify the journal from a copy',
  EROFS: 'the file system is read-only: look at the kernel log, or choose another journal folder',
  EACCES: 'give this user access to the folder, or choose another one',
  ENOENT: 'check the path of the journal folder',
  EEXIST: 'another writer may be at work on this journal: let it end, or choose another folder',
}

/** The system refused to create, write, sync or read a journal file. Final for a writer: it never tries again. */
export class JournalIoError extends XkError {
  readonly operation: JournalOperation
  /** Such as `ENOSPC`. */
  readonly errnoName: string

  constructor(operation: JournalOperation, errnoName: string, where: string, cause?: unknown) {
    super({
      code: `journal-${errnoName.toLowerCase()}`,
      what: `the journal cannot be ${OPERATION_TEXT[operation]}: ${errnoName}`,
      where,
      next: NEXT_BY_ERRNO[errnoName] ?? 'the journal is closed for good; verify it, then start a new one',
      exitCode: ExitCode.Host,
      cause,
    })
    this.operation = operation
    this.errnoName = errnoName
  }
}

/** A journal's bytes are not what its writer wrote, beyond what a crash explains: never repaired, never guessed over. */
export class JournalCorruptError extends XkError {
  constructor(code: string, what: string, where: string) {
    super({
      code: `journal-${code}`,
      what,
      where,
      next: 'keep the folder as it is and list the damage with xk journal verify; a new run needs a new journal folder',
      exitCode: ExitCode.Journal,
    })
  }
}

/** The folder holds a sound journal that this run must not continue. */
export class JournalExistsError extends XkError {
  constructor(code: string, what: string, where: string) {
    const next = 'choose another journal folder, or move this one away'
    super({ code: `journal-${code}`, what, where, next, exitCode: ExitCode.Usage })
  }
}

/** A call that the journal's state or bounds do not allow: a defect of the caller. */
export class JournalUsageError extends XkError {
  constructor(what: string) {
    super({ code: 'journal-usage', what, exitCode: ExitCode.Internal })
  }
}

/** The errno name of a failed call: `ENOSPC` and so on, `EIO` for anything that has none. */
export function errnoNameOf(error: unknown): string {
  if (error instanceof HostError) return error.errno
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  return 'EIO'
}

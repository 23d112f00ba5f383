import { constants } from 'node:os'
import { ExitCode, XkError } from './xk-error.ts'

/** Some numbers have two names: the first is the usual one (EAGAIN, not EWOULDBLOCK). */
const errnoNames = new Map<number, string>()
for (const [name, number] of Object.entries(constants.errno)) {
  if (!errnoNames.has(number)) errnoNames.set(number, name)
}

/** The name of an errno, such as `ENOSPC`. */
export function errnoName(errno: number): string {
  return errnoNames.get(errno) ?? `errno ${errno}`
}

export interface HostFailure {
  /** The system call, such as `mmap`. */
  readonly call: string
  /** Name of the errno, such as `ENOSPC`. */
  readonly errno: string
  /** What was attempted, to follow "cannot": `lock the region`. */
  readonly attempted: string
  readonly where?: string
  readonly next?: string
  readonly exitCode?: ExitCode
}

/** A system call that failed: which, with which errno, what it was for. */
export class HostError extends XkError {
  readonly call: string
  readonly errno: string

  constructor(failure: HostFailure) {
    super({
      code: `host-${failure.errno.toLowerCase().replace(' ', '-')}`,
      what: `cannot ${failure.attempted}: ${failure.call} failed with ${failure.errno}`,
      exitCode: failure.exitCode ?? ExitCode.Host,
      ...(failure.where === undefined ? {} : { where: failure.where }),
      ...(failure.next === undefined ? {} : { next: failure.next }),
    })
    this.call = failure.call
    this.errno = failure.errno
  }
}

/** The native addon is missing, or was built from other sources than this TypeScript. */
export class AddonError extends XkError {
  constructor(what: string, where: string, cause?: unknown) {
    super({ code: 'host-addon', what, where, next: 'run npm run build', exitCode: ExitCode.Host, cause })
  }
}

/**
 * Passes on what the addon returned, or throws: it answers a failing call with the negative errno.
 * @param explain builds the failure from the errno's name; runs on failure alone
 * @throws HostError
 */
export function requireSuccess(outcome: number, explain: (errno: string) => Omit<HostFailure, 'errno'>): number {
  if (outcome >= 0) return outcome
  const errno = errnoName(-outcome)
  throw new HostError({ ...explain(errno), errno })
}

import { ExitCode, XkError } from '../host/xk-error.ts'

/** A file that should be a region of this build's layout is not. */
export class RegionLayoutError extends XkError {
  constructor(where: string, what: string) {
    super({
      code: 'region-layout',
      what: `this region cannot be used: ${what}`,
      where,
      next: 'stop what uses it, then remove it with xk regions --clean',
      exitCode: ExitCode.Host,
    })
  }
}

/** A region that another live process owns. */
export class RegionOwnedError extends XkError {
  constructor(path: string, ownerPid: number, kernel: string) {
    super({
      code: 'region-owned',
      what: `the ${kernel} kernel of a live instance owns this region (process ${ownerPid})`,
      where: path,
      next: 'stop that instance, or start this one under another name with --instance NAME',
      exitCode: ExitCode.Busy,
    })
  }
}

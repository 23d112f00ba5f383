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
  readonly ownerPid: number

  /**
   * @param ownerPid 0 when its owner is still starting
   * @param instance as the owner calls itself
   */
  constructor(path: string, ownerPid: number, kernel: string, instance?: string) {
    const ofInstance = instance === undefined ? 'a live instance' : `the live instance "${instance}"`
    const owner = ownerPid === 0 ? 'a process that is just starting' : `process ${ownerPid}`
    super({
      code: 'region-owned',
      what: `the ${kernel} kernel of ${ofInstance} owns this region (${owner})`,
      where: path,
      next: 'stop that instance, or start this one under another name with --instance NAME',
      exitCode: ExitCode.Busy,
    })
    this.ownerPid = ownerPid
  }
}

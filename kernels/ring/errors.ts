import { ExitCode, XkError } from '../host/xk-error.ts'

/** A reader met a record that no producer of ours writes: memory was overwritten, or a producer filled in a wrong length. */
export class RingCorruptError extends XkError {
  constructor(offsetBytes: number, lengthBytes: number) {
    super({
      code: 'ring-corrupt',
      what: `a record on the ring has an impossible length of ${lengthBytes} bytes`,
      where: `ring data offset ${offsetBytes}`,
      next: 'keep the regions for analysis (xk regions), then start again',
      exitCode: ExitCode.Kernel,
    })
  }
}

/** A section that should be a ring of this build's layout is not. */
export class RingLayoutError extends XkError {
  constructor(byteOffset: number, what: string) {
    super({
      code: 'ring-layout',
      what: `this ring cannot be used: ${what}`,
      where: `region offset ${byteOffset}`,
      next: 'stop what uses it, then remove it with xk regions --clean',
      exitCode: ExitCode.Host,
    })
  }
}

import { ExitCode, XkError } from '../host/xk-error.ts'

/** A consumer met a record that no producer of ours writes: memory was overwritten from outside. */
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

import { ExitCode, XkError } from '../host/xk-error.ts'

/** A record, or the plain object that should become one, is not what the catalogue says. */
export class RecordError extends XkError {
  constructor(what: string, where: string) {
    super({
      code: 'record-invalid',
      what,
      where,
      next: 'compare it with the record catalogue (docs/record-catalogue.md)',
      exitCode: ExitCode.Input,
    })
  }
}

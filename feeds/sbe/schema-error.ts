import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

/** Where in a schema something stands. */
export interface SchemaPlace {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** The element, such as `field MDEntryPx`. */
  readonly element: string
}

/** An SBE schema is not XML, or not what FIX SBE 1.0 says. */
export class SbeSchemaError extends XkError {
  readonly place: SchemaPlace

  constructor(what: string, place: SchemaPlace) {
    super({
      code: 'sbe-schema-invalid',
      what,
      where: `${place.file}, line ${place.line}, ${place.element}`,
      next: 'compare the schema with the FIX SBE 1.0 specification',
      exitCode: ExitCode.Input,
    })
    this.place = place
  }
}

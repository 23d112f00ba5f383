import type { RecordType } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { RecordExport, type TableFormat } from '../../storage/export/record-export.ts'
import { ItchOutput } from './itch-output.ts'
import type { ConvertTarget } from './target.ts'

/** Counts by reason, then by record type. */
export type LossCounts = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What was written. Field names are relied on by scripts. */
export interface OutputFacts {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly records: number }[]
  /** Messages by type letter; none in tables. */
  readonly messages: Readonly<Record<string, number>>
  readonly packets: number
  /** Records that the format cannot hold. */
  readonly notTold: LossCounts
  /** Records of which it holds less than they say. */
  readonly partlyTold: LossCounts
}

/** Takes records; nothing has its name before all of it is complete. */
export interface RecordOutput {
  /** @returns whether the record is in the output @throws ExportError */
  write(views: RecordViews, at: number): boolean
  /** @throws ExportError */
  finish(): OutputFacts
  /** Gives up: removes what was written. */
  abandon(): void
}

/**
 * Opens the output that a target names.
 * @param types record types that are written; all if not given
 * @throws ExportError
 */
export function openOutput(
  target: ConvertTarget,
  types: readonly RecordType[] | undefined,
  epochSeconds: number | undefined,
): RecordOutput {
  const { format, path, isFolder } = target
  if (format === 'itch' || format === 'pcapng') {
    return new ItchOutput({ path, isCapture: format === 'pcapng', types, epochSeconds })
  }
  return new TableOutput(
    new RecordExport({ format: format satisfies TableFormat, path, isFolder, types, epochSeconds }),
  )
}

class TableOutput implements RecordOutput {
  readonly #tables: RecordExport

  constructor(tables: RecordExport) {
    this.#tables = tables
  }

  write(views: RecordViews, at: number): boolean {
    return this.#tables.write(views, at)
  }

  finish(): OutputFacts {
    const facts = this.#tables.finish()
    const pricesNotHeld = facts.reduce((sum, table) => sum + table.pricesNotHeld, 0)
    return {
      files: facts.map(({ path, bytes, rows }) => ({ path, bytes, records: rows })),
      messages: {},
      packets: 0,
      notTold: {},
      partlyTold: pricesNotHeld > 0 ? { priceDecimals: { prices: pricesNotHeld } } : {},
    }
  }

  abandon(): void {
    this.#tables.abandon()
  }
}

import type { StateArchive } from '../records/state-archive.ts'

/** What `choices` holds besides slot + 1. */
enum Choice {
  Undecided = 0,
  Left = -1,
}

/**
 * The instruments whose hooks one strategy gets: named ones, or the first `symbolsMax` that have a two-sided book. So a
 * directory of thousands does not fill the selection with instruments that never trade. Chosen instruments get dense
 * slots from 0.
 */
export class Selection {
  /** By instrument id: slot + 1 of a chosen one, else a `Choice`. */
  readonly choices: Int32Array
  readonly #symbols: ReadonlySet<string>
  readonly #symbolsMax: number
  #chosen = 0

  constructor(instrumentsMax: number, symbols: readonly string[], symbolsMax: number) {
    this.choices = new Int32Array(instrumentsMax + 1)
    this.#symbols = new Set(symbols)
    this.#symbolsMax = symbolsMax
  }

  archive(archive: StateArchive): void {
    archive.array(this.choices)
    this.#chosen = archive.number(this.#chosen)
  }

  isChosen(instrument: number): boolean {
    return this.choices[instrument]! > 0
  }

  isUndecided(instrument: number): boolean {
    return this.choices[instrument] === Choice.Undecided
  }

  /** A named instrument is chosen as soon as its symbol is known. */
  noteSymbol(instrument: number, symbol: string): void {
    if (this.#symbols.has(symbol) && this.isUndecided(instrument)) this.#choose(instrument)
  }

  /** Called once for an undecided instrument that has a two-sided book. */
  decide(instrument: number): boolean {
    if (this.#symbols.size > 0) this.choices[instrument] = Choice.Left
    else this.#choose(instrument)
    return this.isChosen(instrument)
  }

  #choose(instrument: number): void {
    this.choices[instrument] = this.#chosen < this.#symbolsMax ? ++this.#chosen : Choice.Left
  }
}

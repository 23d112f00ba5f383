import type { Instrument, Instruments } from '../context.ts'
import { FactSlot } from '../memory.ts'
import { StrategyError } from '../strategy-error.ts'
import { InstrumentView, type Sight } from './views.ts'

/** The instruments that a plugin has met; their views are made at the first use and stay. */
export class InstrumentBook implements Instruments {
  readonly #views: (InstrumentView | undefined)[]
  readonly #sight: Sight

  constructor(sight: Sight) {
    this.#sight = sight
    this.#views = new Array<InstrumentView | undefined>(sight.handles.instrumentsMax + 1).fill(undefined)
  }

  get count(): number {
    return this.#sight.handles.instrumentCount()
  }

  get(id: number): Instrument {
    return this.#views[id] ?? this.#meet(id)
  }

  find(symbol: string): Instrument | undefined {
    const id = this.#sight.handles.findSymbol(symbol)
    return id === 0 ? undefined : this.get(id)
  }

  refresh(id: number): void {
    const view = this.#views[id]
    if (view !== undefined) view.symbol = this.#sight.handles.symbolOf(id)
  }

  #meet(id: number): InstrumentView {
    if (!(this.#sight.facts[id * FactSlot.Slots + FactSlot.Known] === 1)) {
      throw new StrategyError('unknown-instrument', `no record has named an instrument ${id}`)
    }
    const view = new InstrumentView(id, this.#sight)
    this.#views[id] = view
    return view
  }
}

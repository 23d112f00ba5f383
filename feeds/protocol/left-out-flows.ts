import { FLOWS_MAX } from '../net/flow-table.ts'
import { Sureness } from './protocol.ts'

const NONE = -1

/** What is needed of a protocol of either carrier to tell its flows. */
interface Recognisable {
  readonly name: string
  recognise(bytes: Uint8Array, at: number, length: number, isCut: boolean): Sureness
}

/**
 * Flows of protocols that are known and not among those that the user chose: told by their names, and not decoded. Only flows
 * that are of none of the chosen protocols are looked at.
 */
export class LeftOutFlows {
  readonly #protocols: readonly Recognisable[]
  /** Index of the protocol by flow. */
  readonly #byFlow = new Int8Array(FLOWS_MAX + 1).fill(NONE)

  constructor(protocols: readonly Recognisable[]) {
    this.#protocols = protocols
  }

  /** @returns whether the flow is of a protocol that is left out, by these bytes or by earlier ones */
  take(flow: number, bytes: Uint8Array, at: number, length: number, isCut: boolean): boolean {
    if (this.#byFlow[flow] !== NONE) return true
    let most = Sureness.Possible
    for (let index = 0; index < this.#protocols.length; index++) {
      const sureness = this.#protocols[index]!.recognise(bytes, at, length, isCut)
      if (sureness <= most) continue
      most = sureness
      this.#byFlow[flow] = index
    }
    return this.#byFlow[flow] !== NONE
  }

  /** Name of the flow's protocol; undefined where the flow is of none. */
  nameOf(flow: number): string | undefined {
    const index = this.#byFlow[flow]!
    return index === NONE ? undefined : this.#protocols[index]!.name
  }
}

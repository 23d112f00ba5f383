import { IexTpHeader } from '../iex-tp/layout.ts'
import { PacketAt } from '../mdp3/layout.ts'
import { MoldCount, MoldHeader } from '../moldudp64/layout.ts'
import { UnitHeader } from '../pitch/unit-layout.ts'
import { EntryNumbers } from './entry-numbers.ts'
import type { DatagramLoad } from './feed-load.ts'

/** Where a transport keeps the low word of its sequence number, and how many numbers a datagram takes. */
interface Numbers {
  readonly sequenceAt: number
  /** Where all of the number begins, and its bytes. */
  readonly from: number
  readonly bytes: number
  readonly isLittle: boolean
  readonly count: (view: DataView, at: number) => number
}

const MOLD: Numbers = {
  sequenceAt: MoldHeader.SequenceLow,
  from: MoldHeader.SequenceHigh,
  bytes: 8,
  isLittle: false,
  count: (view, at) => {
    const count = view.getUint16(at + MoldHeader.Count)
    return count === MoldCount.EndOfSession ? 0 : count
  },
}
const IEX_TP: Numbers = {
  sequenceAt: IexTpHeader.SequenceLow,
  from: IexTpHeader.SequenceLow,
  bytes: 8,
  isLittle: true,
  count: (view, at) => view.getUint16(at + IexTpHeader.MessageCount, true),
}
const MDP3: Numbers = {
  sequenceAt: PacketAt.Sequence,
  from: PacketAt.Sequence,
  bytes: 4,
  isLittle: true,
  count: () => 1,
}
const PITCH: Numbers = {
  sequenceAt: UnitHeader.Sequence,
  from: UnitHeader.Sequence,
  bytes: 4,
  isLittle: true,
  count: (view, at) => view.getUint8(at + UnitHeader.Count),
}

/** By protocol; the others are over MoldUDP64. */
function numbersOf(protocol: string): Numbers {
  if (protocol.startsWith('iex')) return IEX_TP
  if (protocol === 'mdp3') return MDP3
  return protocol === 'pitch' || protocol === 'cfePitch' ? PITCH : MOLD
}

/** A copy of a datagram that stands outside the sequence: its number is 0. */
export function withoutNumber(protocol: string, datagram: Uint8Array): Uint8Array {
  const { from, bytes } = numbersOf(protocol)
  return datagram.slice().fill(0, from, from + bytes)
}

/** Lets the sequence numbers of datagrams go on from one pass over them to the next; 0, which is no number, stays. */
export class Renumbering {
  readonly #view: DataView
  readonly #starts: Uint32Array
  readonly #numbers: Numbers
  /** Numbers from the first to the last. */
  readonly #span: number

  /** MDP 3.0 numbers the entries of an instrument, too. */
  readonly #entries: EntryNumbers | undefined

  constructor(load: DatagramLoad) {
    const { protocol, bytes, starts } = load
    this.#entries = protocol.name === 'mdp3' ? new EntryNumbers(load) : undefined
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = view
    this.#starts = starts
    this.#numbers = numbersOf(protocol.name)
    let first = Number.POSITIVE_INFINITY
    let end = 0
    this.#each((at, sequence) => {
      first = Math.min(first, sequence)
      end = Math.max(end, sequence + this.#numbers.count(view, at))
    })
    this.#span = Math.max(0, end - first)
  }

  /** Moves all numbers on by one pass. */
  advance(): void {
    const { sequenceAt, isLittle } = this.#numbers
    this.#each((at, sequence) => this.#view.setUint32(at + sequenceAt, sequence + this.#span, isLittle))
    this.#entries?.advance()
  }

  #each(visit: (at: number, sequence: number) => void): void {
    const { sequenceAt, isLittle } = this.#numbers
    for (let index = 0; index + 1 < this.#starts.length; index++) {
      const at = this.#starts[index]!
      if (at + sequenceAt + 4 > this.#starts[index + 1]!) continue
      const sequence = this.#view.getUint32(at + sequenceAt, isLittle)
      if (sequence > 0) visit(at, sequence)
    }
  }
}

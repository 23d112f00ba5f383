import { BLOCK_BYTES_MAX } from '../capture/zstd-layout.ts'
import { BackwardBits } from './bits.ts'
import { FseTable } from './fse-table.ts'
import type { History } from './history.ts'
import type { Literals } from './literals.ts'
import { CodeLimit, DEFAULT_TABLES, LITERAL_LENGTHS, MATCH_LENGTHS } from './sequence-codes.ts'

/** How a table of codes is given (RFC 8878, section 3.1.1.3.2.1). */
enum TableMode {
  Predefined = 0,
  Single = 1,
  Described = 2,
  Repeat = 3,
}

/** Counts from here on have a second byte, and from the other on a third. */
const TWO_BYTES = 128
const THREE_BYTES = 255
const LONG_COUNT = 0x7f00
/** Offset codes above stand for offsets beyond any window. */
const OFFSET_CODE_MAX = 28
/** Offsets are stored behind three that mean "as before". */
const REPEATED_OFFSETS = 3
const FIRST_OFFSETS = [1, 4, 8]

/** One of the three tables: the frame's own, and the one in use. */
class CodeSlot {
  inUse: FseTable | undefined
  readonly #own: FseTable
  readonly #default: FseTable

  constructor(accuracyMax: number, codeMax: number, otherwise: FseTable) {
    this.#own = new FseTable(accuracyMax, codeMax)
    this.#default = otherwise
  }

  /** @returns bytes that the table takes, −1 when it is damaged */
  choose(mode: TableMode, block: Uint8Array, at: number, end: number): number {
    if (mode === TableMode.Repeat) return this.inUse === undefined ? -1 : 0
    this.inUse = mode === TableMode.Predefined ? this.#default : this.#own
    if (mode === TableMode.Described) return this.#own.read(block, at, end)
    if (mode === TableMode.Single) return at < end && this.#own.setSingle(block[at]!) ? 1 : -1
    return 0
  }
}

/** The sequences section of a compressed block, carried out: literals and matches become the block's bytes (RFC 8878, section 3.1.1.3.2). */
export class Sequences {
  /** Why `run` has failed. */
  failure = ''
  readonly #stream = new BackwardBits()
  readonly #literalLengths = new CodeSlot(
    CodeLimit.LiteralLengthAccuracy,
    CodeLimit.LiteralLength,
    DEFAULT_TABLES.literalLength,
  )
  readonly #matchLengths = new CodeSlot(
    CodeLimit.MatchLengthAccuracy,
    CodeLimit.MatchLength,
    DEFAULT_TABLES.matchLength,
  )
  readonly #offsets = new CodeSlot(CodeLimit.OffsetAccuracy, CodeLimit.Offset, DEFAULT_TABLES.offset)
  readonly #recent = new Int32Array(REPEATED_OFFSETS)
  #count = 0
  #literalAt = 0
  /** Where the block at hand must end at the latest. */
  #endMax = 0

  /** A frame begins: no table is known. */
  reset(): void {
    this.#literalLengths.inUse = undefined
    this.#matchLengths.inUse = undefined
    this.#offsets.inUse = undefined
    this.#recent.set(FIRST_OFFSETS)
  }

  /** Appends the block's bytes to the history. @returns false when it is damaged */
  run(block: Uint8Array, from: number, end: number, literals: Literals, history: History): boolean {
    this.#literalAt = 0
    this.#endMax = history.end + BLOCK_BYTES_MAX
    let at = this.#readCount(block, from, end)
    if (at < 0) return this.#fail('its number of sequences is cut off')
    if (this.#count > 0) {
      at = this.#readTables(block, at, end)
      if (at < 0) return this.#fail('a table of its codes is none')
      if (!this.#runAll(block, at, end, literals, history)) return false
    } else if (at !== end) return this.#fail('there is something behind its literals')
    return this.#copyLiterals(literals, literals.length - this.#literalAt, history)
  }

  /** @returns behind the count, −1 when it is cut off */
  #readCount(block: Uint8Array, at: number, end: number): number {
    if (at >= end) return -1
    const first = block[at]!
    if (first < TWO_BYTES) this.#count = first
    else if (first < THREE_BYTES) this.#count = ((first - TWO_BYTES) << 8) + block[at + 1]!
    else this.#count = block[at + 1]! + (block[at + 2]! << 8) + LONG_COUNT
    const behind = at + (first < TWO_BYTES ? 1 : first < THREE_BYTES ? 2 : 3)
    return behind > end ? -1 : behind
  }

  /** @returns behind the tables, −1 when they are damaged */
  #readTables(block: Uint8Array, from: number, end: number): number {
    if (from >= end) return -1
    const modes = block[from]!
    if ((modes & 3) !== 0) return -1
    let at = from + 1
    for (let table = 0; table < 3; table++) {
      const slot = table === 0 ? this.#literalLengths : table === 1 ? this.#offsets : this.#matchLengths
      const used = slot.choose((modes >> (6 - 2 * table)) & 3, block, at, end)
      if (used < 0) return -1
      at += used
    }
    return at
  }

  #runAll(block: Uint8Array, at: number, end: number, literals: Literals, history: History): boolean {
    const stream = this.#stream
    if (!stream.open(block, at, end)) return this.#fail('its sequences are cut off')
    const literalTable = this.#literalLengths.inUse!
    const offsetTable = this.#offsets.inUse!
    const matchTable = this.#matchLengths.inUse!
    let literalState = literalTable.firstState(stream)
    let offsetState = offsetTable.firstState(stream)
    let matchState = matchTable.firstState(stream)
    for (let left = this.#count; left > 0; left--) {
      const offsetCode = offsetTable.symbols[offsetState]!
      if (offsetCode > OFFSET_CODE_MAX) return this.#fail('a match reaches beyond any window')
      const offsetValue = (1 << offsetCode) + stream.read(offsetCode)
      const matchCode = matchTable.symbols[matchState]!
      const matchLength = MATCH_LENGTHS.bases[matchCode]! + stream.read(MATCH_LENGTHS.bits[matchCode]!)
      const literalCode = literalTable.symbols[literalState]!
      const literalLength = LITERAL_LENGTHS.bases[literalCode]! + stream.read(LITERAL_LENGTHS.bits[literalCode]!)
      if (left > 1) {
        literalState = literalTable.nextState(literalState, stream)
        matchState = matchTable.nextState(matchState, stream)
        offsetState = offsetTable.nextState(offsetState, stream)
      }
      if (stream.left < 0) return this.#fail('its sequences are cut off')
      if (!this.#copyLiterals(literals, literalLength, history)) return false
      if (!this.#copyMatch(this.#toOffset(offsetValue, literalLength), matchLength, history)) return false
    }
    return stream.left === 0 || this.#fail('there is something behind its sequences')
  }

  /** The offset that a value stands for: small ones are those used last (RFC 8878, section 3.1.1.5). 0 for none. */
  #toOffset(value: number, literalLength: number): number {
    const recent = this.#recent
    const which = value > REPEATED_OFFSETS ? 3 : value - (literalLength === 0 ? 0 : 1)
    let offset = value - REPEATED_OFFSETS
    if (value <= REPEATED_OFFSETS) {
      if (which === 0) return recent[0]!
      offset = which === 3 ? recent[0]! - 1 : recent[which]!
    }
    if (which !== 1) recent[2] = recent[1]!
    recent[1] = recent[0]!
    recent[0] = offset
    return offset
  }

  #copyLiterals({ bytes, length }: Literals, count: number, history: History): boolean {
    const from = this.#literalAt
    if (from + count > length) return this.#fail('it has fewer literals than it uses')
    if (history.end + count > this.#endMax) return this.#fail('it is longer than a block')
    const to = history.bytes
    let { end } = history
    for (let at = from; at < from + count; at++) to[end++] = bytes[at]!
    history.end = end
    this.#literalAt = from + count
    return true
  }

  #copyMatch(offset: number, count: number, history: History): boolean {
    if (offset <= 0 || offset > history.reach()) return this.#fail('a match reaches back too far')
    if (history.end + count > this.#endMax) return this.#fail('it is longer than a block')
    const { bytes } = history
    let { end } = history
    if (offset >= count && count > 32) {
      bytes.copyWithin(end, end - offset, end - offset + count)
      history.end = end + count
      return true
    }
    for (const stop = end + count; end < stop; end++) bytes[end] = bytes[end - offset]!
    history.end = end
    return true
  }

  #fail(what: string): false {
    this.failure = what
    return false
  }
}

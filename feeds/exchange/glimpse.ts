import { ItchWriter } from '../generate/itch-writer.ts'
import { SNAPSHOT_END_TYPE, SnapshotEnd } from '../glimpse/end-of-snapshot.ts'
import { TradingState } from '../matching/engine-codes.ts'
import type { MatchingEngine } from '../matching/matching-engine.ts'
import { OrderCell, OrderCellShift } from '../matching/order-cell.ts'
import { BLOCK_HEADER_BYTES } from '../moldudp64/layout.ts'
import { SequencedLog } from '../soupbintcp/session/sequenced-log.ts'

const WORD = 0x1_0000_0000
/** Letters of the trading action message by `TradingState`; a closed instrument is shown as halted. */
const STATE_LETTERS = ['H', 'T', 'Q', 'H']

/** What a snapshot is taken of. */
export interface SnapshotSource {
  readonly engine: MatchingEngine
  /** Eight letters by symbol, at instrument − 1. */
  readonly tickers: Uint8Array
  /** Instruments in use. */
  readonly instruments: number
  /** Nanoseconds since the exchange's midnight. */
  readonly timeNs: number
  readonly highOffset: number
  /** Number of the next message of the feed. */
  readonly nextSequence: number
}

/** Takes a snapshot: directory, trading states, the displayed orders in priority, the end. Its time grows with the book. */
export function takeSnapshot(source: SnapshotSource): SequencedLog {
  const { engine, tickers, instruments, timeNs, nextSequence } = source
  const log = new SequencedLog(1 << 30, 1 << 25)
  const writer = new ItchWriter(tickers)
  writer.setTime(timeNs)
  for (let symbol = 0; symbol < instruments; symbol++) {
    writer.stockDirectory(symbol, 'Q', 100, '1')
    writer.tradingAction(symbol, STATE_LETTERS[engine.states[symbol + 1]!]!, '    ')
    for (let side = 0; side < 2; side++) copySide(source, writer, symbol, side, log)
  }
  drain(writer, log)
  const end = new Uint8Array(SnapshotEnd.Bytes)
  end[SnapshotEnd.Type] = SNAPSHOT_END_TYPE
  const digits = `${nextSequence}`.padStart(SnapshotEnd.Bytes - SnapshotEnd.Sequence)
  for (let i = 0; i < digits.length; i++) end[SnapshotEnd.Sequence + i] = digits.charCodeAt(i)
  log.append(end, 0, end.length)
  return log
}

function copySide(source: SnapshotSource, writer: ItchWriter, symbol: number, side: number, log: SequencedLog): void {
  const { engine, highOffset } = source
  const bookSide = ((symbol + 1) << 1) | side
  for (let level = engine.bestDisplayed(bookSide); level !== 0; level = engine.worseLevel(level)) {
    const price = engine.priceOf(level)
    for (let slot = engine.firstAt(level); slot !== 0; slot = engine.laterOf(slot)) {
      const reference = engine.referenceOf(slot)
      const high = Math.floor(reference / WORD) + highOffset
      const open = engine.cells[(slot << OrderCellShift.Words) | OrderCell.Open]!
      writer.addOrder(symbol, high, reference % WORD, side === 0, open, price, '')
      if (writer.isFull()) drain(writer, log)
    }
  }
}

function drain(writer: ItchWriter, log: SequencedLog): void {
  for (let at = 0; at < writer.usedBytes; ) {
    const length = (writer.bytes[at]! << 8) | writer.bytes[at + 1]!
    log.append(writer.bytes, at + BLOCK_HEADER_BYTES, length)
    at += BLOCK_HEADER_BYTES + length
  }
  writer.reset()
}

if (STATE_LETTERS.length !== TradingState.Halted + 1) throw new Error('GLIMPSE: a trading state has no letter')

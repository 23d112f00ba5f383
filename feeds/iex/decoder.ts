import { Side } from '../../kernels/records/catalogue.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import type { RecordBatch } from '../record-batch.ts'
import {
  writeBookClear,
  writeOrderAdd,
  writeOrderDelete,
  writeOrderExecuted,
  writeOrderModify,
  writePriceLevel,
  writeQuote,
} from './book-messages.ts'
import { BooksHeld } from './books-held.ts'
import { IexCounts, IexReject } from './counts.ts'
import { Common, IexType } from './layout.ts'
import { IexMessage, rejectCode } from './message.ts'
import { MessageClock } from './message-clock.ts'
import {
  StatusMessages,
  writeDirectory,
  writeImpliedInstrument,
  writeRetailInterest,
  writeSecurityEvent,
  writeShortSale,
  writeSystemEvent,
} from './status-messages.ts'
import { SymbolTable } from './symbol-table.ts'
import { writeAuction, writeOfficialPrice, writeTrade, writeTradeBreak } from './trade-messages.ts'

/**
 * Decodes the messages of one IEX feed (DEEP, TOPS or DEEP+) in place into normalised records;
 * docs/protocol-records-iex.md says which record each message becomes and what is dropped.
 *
 * Instruments are keyed by symbol, whatever line or session names it. What is not as the specification says is counted in
 * `counts` and gives no record; nothing throws.
 */
export class IexDecoder {
  readonly counts = new IexCounts()
  readonly #lengths: Int32Array
  readonly #clock: MessageClock
  readonly #message: IexMessage
  readonly #symbols: SymbolTable
  readonly #status: StatusMessages
  readonly #books: BooksHeld
  readonly #perInstrument: Float64Array

  /** @param lengths least length of each message by its type code, −1 for types that the feed has not */
  constructor(shared: FeedShared, lengths: Int32Array) {
    const { instruments } = shared
    this.#lengths = lengths
    this.#clock = new MessageClock(shared.epoch)
    this.#message = new IexMessage(this.#clock.timeNs)
    this.#symbols = new SymbolTable(instruments)
    this.#status = new StatusMessages(instruments.instrumentsMax)
    this.#books = new BooksHeld(instruments)
    this.#perInstrument = instruments.messages
  }

  /** Feed line (flow) that the messages come from: the header's `Source` of the records, below 2^16. */
  set line(line: number) {
    this.#message.line = line
  }

  /**
   * Another session begins: the books and states of the one before are over. `clear` is to be called until it is done,
   * before the session's first message.
   * @param sendHigh, sendLow words of the time at which the first segment was sent, ns since 1970
   */
  beginAnew(sendHigh: number, sendLow: number): void {
    this.#clock.read(sendHigh, sendLow)
    this.#status.forget()
    this.#books.begin()
  }

  get isClearing(): boolean {
    return this.#books.isClearing
  }

  /** Clears books while the batch has room. @returns how many records were appended */
  clear(batch: RecordBatch): number {
    return this.#books.clear(this.#message, batch)
  }

  /**
   * Decodes one message. The batch must have room (`batch.hasRoom()`): a message gives at most three records.
   * @param at offset of the message's type byte
   * @param length of the message, as its framing says; all of it lies within `bytes`
   * @returns how many records were appended: 0 for messages not decoded
   */
  decode(bytes: Uint8Array, at: number, length: number, batch: RecordBatch): number {
    const type = length === 0 ? 0 : bytes[at]!
    const least = this.#lengths[type]!
    if (least < 0) return this.#reject(type, IexReject.UnknownType)
    if (length < least) return this.#reject(type, IexReject.WrongLength)
    this.counts.byType[type]!++
    const message = this.#message
    if (bytes !== message.bytes) {
      message.bytes = bytes
      message.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    message.at = at
    if (!this.#readTime(message)) return this.#reject(type, IexReject.TimeOutOfRange)
    let records = 0
    if (type === IexType.SystemEvent) message.instrument = 0
    else {
      records = this.#findInstrument(message, type, batch)
      if (records < 0) return this.#reject(type, IexReject.TooManyInstruments)
      this.#perInstrument[message.instrument]!++
    }
    const written = this.#write(message, type, batch)
    if (written === 0) this.#reject(type, message.fault)
    return records + written
  }

  #readTime({ view, at }: IexMessage): boolean {
    const isTime = this.#clock.read(
      view.getInt32((at + Common.TimeHigh) | 0, true),
      view.getInt32((at + Common.TimeLow) | 0, true),
    )
    if (!isTime) return false
    const { timeNs } = this.counts
    timeNs[1] = this.#clock.timeNs[0]!
    if (timeNs[0]! < 0) timeNs[0] = timeNs[1]!
    return true
  }

  /**
   * Finds the message's instrument; one that no directory message has announced is announced by a record of its own.
   * @returns how many records were appended; −1 when all ids are taken
   */
  #findInstrument(message: IexMessage, type: number, batch: RecordBatch): number {
    const { view, at } = message
    const low = view.getInt32((at + Common.SymbolLow) | 0, true)
    const high = view.getInt32((at + Common.SymbolHigh) | 0, true)
    message.instrument = this.#symbols.find(low, high)
    if (message.instrument !== 0) return 0
    message.instrument = this.#symbols.add(low, high)
    if (message.instrument === 0) return -1
    return type === IexType.SecurityDirectory ? 0 : writeImpliedInstrument(message, batch)
  }

  #write(message: IexMessage, type: number, batch: RecordBatch): number {
    switch (type) {
      case IexType.PriceLevelBuy:
        this.#books.note(message.instrument)
        return writePriceLevel(message, Side.Buy, batch)
      case IexType.PriceLevelSell:
        this.#books.note(message.instrument)
        return writePriceLevel(message, Side.Sell, batch)
      case IexType.Quote:
        this.#books.note(message.instrument)
        return writeQuote(message, batch)
      case IexType.OrderAdd:
        this.#books.note(message.instrument)
        return writeOrderAdd(message, batch)
      case IexType.OrderModify:
        return writeOrderModify(message, batch)
      case IexType.OrderDelete:
        return writeOrderDelete(message, batch)
      case IexType.OrderExecuted:
        return writeOrderExecuted(message, batch)
      case IexType.Trade:
        return writeTrade(message, batch)
      default:
        return this.#writeRare(message, type, batch)
    }
  }

  #writeRare(message: IexMessage, type: number, batch: RecordBatch): number {
    switch (type) {
      case IexType.SecurityDirectory:
        return writeDirectory(message, batch)
      case IexType.TradingStatus:
        return this.#status.writeTradingStatus(message, batch)
      case IexType.OperationalHalt:
        return this.#status.writeOperationalHalt(message, batch)
      case IexType.ShortSale:
        return writeShortSale(message, batch)
      case IexType.RetailLiquidity:
        return writeRetailInterest(message, batch)
      case IexType.SecurityEvent:
        return writeSecurityEvent(message, batch)
      case IexType.SystemEvent:
        return writeSystemEvent(message, batch)
      case IexType.TradeBreak:
        return writeTradeBreak(message, batch)
      case IexType.OfficialPrice:
        return writeOfficialPrice(message, batch)
      case IexType.Auction:
        return writeAuction(message, batch)
      case IexType.ClearBook:
        return writeBookClear(message, batch)
      default:
        return rejectCode(message)
    }
  }

  #reject(type: number, reason: IexReject): number {
    this.counts.reject(type, reason)
    return 0
  }
}

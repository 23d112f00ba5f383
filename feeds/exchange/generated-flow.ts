import { resolveOptions, type SessionOptions } from '../generate/session-options.ts'
import { TradingDay } from '../generate/trading-day.ts'
import { Itch50Decoder } from '../itch50/decoder.ts'
import { BLOCK_HEADER_BYTES } from '../moldudp64/layout.ts'
import { InstrumentTable } from '../protocol/instrument-table.ts'
import type { RecordBatch } from '../record-batch.ts'

/** Where the background's records come from: a capture, or a generated day. */
export interface FlowSource {
  /** Appends records while there is room. @returns how many; 0 at the end; −1 when there are none yet */
  fill(batch: RecordBatch): number
}

/** A generated trading day as records, made as it is read. */
export class GeneratedFlow implements FlowSource {
  private readonly day: TradingDay
  private readonly steps: Generator<void, void>
  private readonly decoder = new Itch50Decoder(new InstrumentTable())
  private at = 0
  private isDone = false

  /** @throws SessionOptionError for an option out of bounds */
  constructor(options: SessionOptions) {
    this.day = new TradingDay(resolveOptions(options))
    this.steps = this.day.run()
  }

  fill(batch: RecordBatch): number {
    const { writer } = this.day.exchange
    const before = batch.usedBytes
    let records = 0
    while (batch.hasRoom() && !(this.at === writer.usedBytes && !this.makeMore())) {
      const length = (writer.bytes[this.at]! << 8) | writer.bytes[this.at + 1]!
      records += this.decoder.decode(writer.bytes, this.at + BLOCK_HEADER_BYTES, length, batch)
      this.at += BLOCK_HEADER_BYTES + length
    }
    return batch.usedBytes === before ? 0 : records
  }

  private makeMore(): boolean {
    const { writer } = this.day.exchange
    while (!this.isDone && this.at === writer.usedBytes) {
      writer.reset()
      this.at = 0
      this.isDone = this.steps.next().done === true
    }
    return this.at < writer.usedBytes
  }
}

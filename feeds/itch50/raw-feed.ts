import { type ByteWindow, Need } from '../capture/byte-window.ts'
import { Damage, type DamageLog } from '../capture/damage.ts'
import { type CaptureFeed, FeedRead, MESSAGES_PER_FILL_MAX } from '../capture/feed-read.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { Itch50Decoder } from './decoder.ts'
import { readU16 } from './wire.ts'

/**
 * A raw ITCH file: messages behind big-endian u16 lengths, back to back.
 * Source: Nasdaq BinaryFILE specification; a length of zero marks the end of a session, more may follow.
 *
 *      0        2
 *     ┌────────┬──────────────┬────────┬───
 *     │ length │ message      │ length │ …
 *     └────────┴──────────────┴────────┴───
 *
 * A wrong length can't be told from an unknown message: it is counted as such, and reading goes on behind it.
 */
export class RawItchFeed implements CaptureFeed {
  /** Messages of length zero: ends of sessions. */
  endMarkers = 0
  readonly #window: ByteWindow
  readonly #decoder: Itch50Decoder
  readonly #damage: DamageLog

  constructor(window: ByteWindow, decoder: Itch50Decoder, damage: DamageLog) {
    this.#window = window
    this.#decoder = decoder
    this.#damage = damage
  }

  fill(batch: RecordBatch): number {
    const window = this.#window
    const decoder = this.#decoder
    const { u8 } = window
    let records = 0
    for (let messages = 0; messages < MESSAGES_PER_FILL_MAX && batch.hasRoom(); messages++) {
      let status = window.need(2)
      if (status !== Need.Ready) return this.#end(status, records)
      const length = readU16(u8, window.start)
      status = window.need(2 + length)
      if (status !== Need.Ready) return this.#end(status, records)
      if (length === 0) this.endMarkers++
      else records += decoder.decode(u8, window.start + 2, length, batch)
      window.start += 2 + length
    }
    return records > 0 ? records : FeedRead.NotYet
  }

  #end(status: Need, records: number): number {
    if (records > 0 || status === Need.NotYet) return records > 0 ? records : FeedRead.NotYet
    const window = this.#window
    if (window.end > window.start) {
      this.#damage.note(Damage.TruncatedTail, window.offset())
      window.start = window.end
    }
    return FeedRead.End
  }
}

import { FLOWS_MAX } from '../net/flow-table.ts'
import { TcpStreams } from '../net/tcp-streams.ts'
import { Undecoded } from '../net/undecoded.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Packet, type StreamDecoder } from './protocol.ts'
import type { StreamProtocols } from './stream-protocols.ts'

/** From TCP segments to records: the reassembly's pieces through the decoders of their streams. */
export class StreamPump {
  readonly streams = new TcpStreams()
  /** Whether all that the segments so far have brought is handed out. */
  isDone = true
  /** Streams whose bytes may be of a protocol and wait for more to tell. */
  undecided = 0
  readonly #protocols: StreamProtocols
  readonly #undecoded: Float64Array
  #decoder: StreamDecoder | undefined
  readonly #isUndecided = new Uint8Array(FLOWS_MAX)

  /** @param undecoded counts, by `Undecoded` */
  constructor(protocols: StreamProtocols, undecoded: Float64Array) {
    this.#protocols = protocols
    this.#undecoded = undecoded
  }

  /**
   * Takes a segment; its bytes stay where they are until `isDone`.
   * @param seconds slot 0: the capture time
   */
  begin(flow: number, bytes: Uint8Array, fields: Int32Array, seconds: Float64Array): void {
    if (flow === FLOWS_MAX) {
      this.#undecoded[Undecoded.UnknownStream]!++
      return
    }
    this.streams.accept(flow, bytes, fields, seconds)
    this.isDone = false
  }

  /** At the end of the source: begins what waits behind holes. @returns false when nothing does */
  flush(): boolean {
    this.isDone = !this.streams.flush()
    return !this.isDone
  }

  /** Decodes while the batch has room; goes on where it stopped. @returns how many records were appended */
  next(batch: RecordBatch): number {
    const { streams } = this
    let records = 0
    while (batch.hasRoom()) {
      const decoder = this.#decoder
      if (decoder !== undefined) {
        records += decoder.next(batch)
        if (!decoder.isDone) continue
        streams.consumed(decoder.consumedBytes)
        this.#decoder = undefined
      } else if (streams.nextPiece()) {
        records += this.#beginPiece(batch)
      } else {
        this.isDone = true
        break
      }
    }
    return records
  }

  #beginPiece(batch: RecordBatch): number {
    const { streams } = this
    const { flow, piece, pieceAt, pieceLength } = streams
    const decoder = this.#protocols.find(flow, piece, pieceAt, pieceLength)
    const isAfterHole = streams.takeHole()
    this.#noteUndecided(flow, decoder === undefined && !this.#protocols.isHopeless)
    if (decoder === undefined) {
      if (this.#protocols.isHopeless) this.#countHopeless(flow)
      streams.consumed(this.#protocols.isHopeless ? pieceLength : 0)
      return 0
    }
    if (isAfterHole) decoder.skipHole(flow)
    const before = batch.usedBytes
    if (decoder.begin(piece, pieceAt, pieceLength, flow, false, batch) === Packet.Messages) this.#decoder = decoder
    else streams.consumed(decoder.consumedBytes)
    return batch.countFrom(before)
  }

  #countHopeless(flow: number): void {
    const isLeftOut = this.#protocols.leftOut.nameOf(flow) !== undefined
    this.#undecoded[isLeftOut ? Undecoded.FeedLeftOut : Undecoded.UnknownStream]!++
  }

  #noteUndecided(flow: number, isUndecided: boolean): void {
    const value = isUndecided ? 1 : 0
    this.undecided += value - this.#isUndecided[flow]!
    this.#isUndecided[flow] = value
  }
}

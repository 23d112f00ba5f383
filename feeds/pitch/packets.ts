import { FLAG_SNAPSHOT } from '../../kernels/records/catalogue.ts'
import type { FlowTable } from '../net/flow-table.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import { Packet, type PacketDecoder, type ProtocolReport } from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { SESSIONS_MAX } from '../sequence/session-table.ts'
import { PitchDecoder } from './decoder.ts'
import { PitchProduct } from './recognise.ts'
import { describePitch } from './report.ts'
import { type PitchState, pitchStateOf } from './state.ts'
import { ANY_UNIT } from './symbol-directory.ts'
import { UnitBlock, UnitWalker } from './unit-walker.ts'

/** Blocks that could not be used, or not wholly. */
export interface BlockCounts {
  bad: number
  cut: number
  tooMany: number
}

/** Decodes runs of blocks, each behind its unit header: a datagram has one, a piece of a stream any number. */
export class PitchPackets implements PacketDecoder {
  isDone = true
  protected readonly decoder: PitchDecoder
  protected readonly blocks: BlockCounts = { bad: 0, cut: 0, tooMany: 0 }
  readonly #state: PitchState
  readonly #walker: UnitWalker
  readonly #flows: FlowTable
  readonly #isStream: boolean
  /** Sessions that this protocol saw first. */
  readonly #isOwn = new Uint8Array(SESSIONS_MAX)
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0
  #flow = 0
  #isCut = false
  #isInBlock = false

  constructor(shared: FeedShared, product: PitchProduct, isStream: boolean) {
    this.#state = pitchStateOf(shared)
    this.#flows = shared.flows
    this.#isStream = isStream
    this.decoder = new PitchDecoder(this.#state, product === PitchProduct.Futures)
    this.#walker = new UnitWalker(this.#state.arbiter)
  }

  begin(bytes: Uint8Array, at: number, length: number, flow: number, isCut: boolean, batch: RecordBatch): Packet {
    this.#bytes = bytes
    this.#at = at
    this.#end = at + length
    this.#flow = flow
    this.#isCut = isCut
    const block = this.#beginBlock(batch)
    if (block === UnitBlock.Data || (block === UnitBlock.Heartbeat && this.#at < this.#end)) {
      this.isDone = false
      return Packet.Messages
    }
    this.isDone = true
    return block === UnitBlock.Heartbeat ? Packet.Idle : Packet.Bad
  }

  next(batch: RecordBatch): number {
    const { context } = this.decoder
    const walker = this.#walker
    const before = context.records
    let gaps = 0
    context.attach(this.#bytes, batch)
    while (batch.hasRoom()) {
      if (this.decoder.isClearing) this.decoder.clearMore(batch)
      else if (this.#isInBlock) {
        if (walker.next()) {
          context.flags = this.decoder.isSpinning(this.#flow) ? FLAG_SNAPSHOT : 0
          this.decoder.decode(walker.messageAt, walker.messageLength, walker.peekType())
        } else this.#endBlock()
      } else if (this.#at < this.#end) {
        const used = batch.usedBytes
        this.#beginBlock(batch)
        if (batch.usedBytes !== used) gaps++
      } else {
        this.isDone = true
        break
      }
    }
    return context.records - before + gaps
  }

  report(): ProtocolReport {
    return describePitch(this.decoder.context, this.blocks, this.#isOwn)
  }

  /** Begins the block at `#at` and moves on behind it; to the end of the packet where it is none. */
  #beginBlock(batch: RecordBatch): UnitBlock {
    const walker = this.#walker
    const state = this.#state
    const flow = this.#flow
    const used = batch.usedBytes
    const { count } = state.arbiter.sessions
    const port = this.#isStream ? -1 - flow : this.#flows.targetPort(flow)
    const block = walker.begin(this.#bytes, this.#at, this.#end, flow, port, batch)
    this.#isInBlock = block === UnitBlock.Data
    if (block === UnitBlock.Bad) {
      this.blocks.bad++
      this.#at = this.#end
      return block
    }
    this.#at = walker.blockEnd < this.#end ? walker.blockEnd : this.#end
    if (block === UnitBlock.TooManyUnits) {
      this.blocks.tooMany++
      return block
    }
    const { session } = walker
    if (state.arbiter.sessions.count !== count) this.#isOwn[session] = 1
    if (batch.usedBytes !== used) {
      // The end of a transaction may have been lost.
      state.isInTransaction[session] = 0
      state.isMoreDue[session] = 0
    }
    const { context } = this.decoder
    context.session = session
    context.unit = this.#isStream ? ANY_UNIT : session
    context.line = flow
    return block
  }

  #endBlock(): void {
    const walker = this.#walker
    this.#isInBlock = false
    const isTruncated = walker.isShort && walker.blockEnd > this.#end
    if (isTruncated && this.#isCut) this.blocks.cut++
    else if (walker.isShort || walker.surplusBytes() > 0) this.blocks.bad++
  }
}

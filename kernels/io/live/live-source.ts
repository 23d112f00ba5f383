import type { RecordBatch } from '../../../feeds/record-batch.ts'
import type { PacketArrivals } from './packet-arrivals.ts'

/**
 * A source of market records that comes as it comes: sockets now, packet rings behind the same interface. Unlike a
 * capture's end, nothing to be had just now means nothing.
 */
export interface LiveSource {
  /** [0]: now in ns; set before every call. */
  readonly nowNs: Float64Array
  /** Whether the books that its records make are whole: the snapshot, if there is one, has been read. */
  readonly isJoined: boolean
  /** [0]: when the last packet came. */
  readonly lastPacketNs: Float64Array
  /** When the packets arrived of which the latest call of `fill` gave records. */
  readonly arrivals: PacketArrivals
  /** Appends records while the batch has room. @returns how many; 0 for none just now */
  fill(batch: RecordBatch): number
  /** What there is to tell, for the report. */
  facts(): Readonly<Record<string, unknown>>
  close(): void
}

/** Where datagrams come from, in batches, as `UdpSocket` has them. */
export interface DatagramPort {
  readonly bytes: Uint8Array
  readonly slotBytes: number
  /** By `DatagramFact`. */
  readonly facts: Uint32Array
  receive(): number
  send(bytes: Uint8Array, at: number, length: number, address: number, port: number): boolean
  close(): void
}

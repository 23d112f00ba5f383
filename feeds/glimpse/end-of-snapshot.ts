import { readDecimal } from '../soupbintcp/session/text-fields.ts'

/**
 * GLIMPSE 5.0: a snapshot of the displayed books as messages of TotalView-ITCH over SoupBinTCP, and this one behind them.
 * Source: Nasdaq GLIMPSE 5.0 specification, section "End of Snapshot".
 *
 *      0      1                              21
 *     ┌──────┬──────────────────────────────┐
 *     │ 'G'  │ number of the feed's next    │
 *     │      │ message, 20 digits as text   │
 *     └──────┴──────────────────────────────┘
 */
export enum SnapshotEnd {
  Type = 0,
  Sequence = 1,
  Bytes = 21,
}

export const SNAPSHOT_END_TYPE = 0x47

/** Reads the number of the feed's next message into a slot. @returns false for any other message */
export function readSnapshotEnd(
  bytes: Uint8Array,
  at: number,
  length: number,
  numbers: Float64Array,
  slot: number,
): boolean {
  if (length !== SnapshotEnd.Bytes || bytes[at + SnapshotEnd.Type] !== SNAPSHOT_END_TYPE) return false
  const width = SnapshotEnd.Bytes - SnapshotEnd.Sequence
  return readDecimal(bytes, at + SnapshotEnd.Sequence, width, numbers, slot) && numbers[slot]! >= 1
}

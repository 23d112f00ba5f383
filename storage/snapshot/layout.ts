/**
 * The file of one snapshot: a kernel's state right behind an inbound record, beside the segments of its journal.
 *
 *     0         8         12         16         20        24          32          40          48         52       64
 *     ┌─────────┬─────────┬──────────┬──────────┬─────────┬───────────┬───────────┬───────────┬──────────┬────────┬─────────┐
 *     │ magic   │ version │ payload  │ identity │ spare   │ inbound   │ outbound  │ payload   │ header   │ spare  │ payload │
 *     │ 2 × u32 │ u32     │ CRC u32  │ u32      │         │ f64       │ f64       │ bytes f64 │ CRC u32  │        │         │
 *     └─────────┴─────────┴──────────┴──────────┴─────────┴───────────┴───────────┴───────────┴──────────┴────────┴─────────┘
 *
 * CRCs are CRC-32C; the header's covers everything before it. Little-endian. The payload is what a StateSaver wrote.
 */

/** "XKSNAPSH" as two little-endian words. */
export const SNAPSHOT_MAGIC_LOW = 0x4e534b58
export const SNAPSHOT_MAGIC_HIGH = 0x48535041
/** Raised whenever this layout or what any part archives changes. */
export const SNAPSHOT_VERSION = 5

/** Byte offsets of the header. */
export enum SnapshotHeader {
  MagicLow = 0,
  MagicHigh = 4,
  Version = 8,
  PayloadCrc = 12,
  /** Says whose state it is: code, parameters and limits. */
  Identity = 16,
  /** Sequence of the last inbound record that the state has seen, and of the last outbound one that it had caused. */
  InboundSequence = 24,
  OutboundSequence = 32,
  PayloadBytes = 40,
  HeaderCrc = 48,
  Bytes = 64,
}

if (SnapshotHeader.HeaderCrc + 4 > SnapshotHeader.Bytes)
  throw new Error('snapshot layout: the header overlaps the payload')

/** The kernels that take them, each beginning the names of its files. */
export type SnapshotKernel = 'strategy' | 'io'

const NAME_DIGITS = 16
const NAME_PATTERN = /^(strategy|io)-(\d{16})\.xks$/

/** File name of the snapshot of a kernel behind an inbound record. */
export function snapshotName(kernel: SnapshotKernel, inboundSequence: number): string {
  return `${kernel}-${String(inboundSequence).padStart(NAME_DIGITS, '0')}.xks`
}

/** Inbound sequence of a file name, or 0 when it is none of a snapshot of this kernel. */
export function parseSnapshotName(kernel: SnapshotKernel, name: string): number {
  const match = NAME_PATTERN.exec(name)
  return match?.[1] === kernel ? Number(match[2]) : 0
}

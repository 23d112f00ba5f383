/**
 * IEX-TP 1, outbound segments. Source: IEX Transport Specification, sections "Outbound Segment" and "Message Block". Numbers
 * are little-endian; sequence number, stream offset and send time are signed.
 *
 *      0         1          2          4         8         12       14
 *     ┌─────────┬──────────┬──────────┬─────────┬─────────┬────────┬────────┐
 *     │ version │ reserved │ protocol │ channel │ session │ payload│ message│
 *     │ u8 = 1  │ u8       │ u16      │ u32     │ u32     │ bytes  │ count  │
 *     └─────────┴──────────┴──────────┴─────────┴─────────┴────────┴────────┘
 *      16              24                 32              40       42
 *     ┌───────────────┬──────────────────┬───────────────┬────────┬─────────┬───
 *     │ stream offset │ sequence number  │ send time     │ length │ message │ …
 *     │ i64           │ i64              │ i64, ns, 1970 │ u16    │         │
 *     └───────────────┴──────────────────┴───────────────┴────────┴─────────┴───
 *
 * The sequence number is that of the first message, from 1; a segment without messages is a heartbeat and names the next
 * message to come. The stream offset counts the payload bytes of the session before this segment.
 */
export enum IexTpHeader {
  Version = 0,
  Reserved = 1,
  Protocol = 2,
  Channel = 4,
  Session = 8,
  PayloadBytes = 12,
  MessageCount = 14,
  OffsetLow = 16,
  OffsetHigh = 20,
  SequenceLow = 24,
  SequenceHigh = 28,
  SendTimeLow = 32,
  SendTimeHigh = 36,
  Bytes = 40,
}

export const IEX_TP_VERSION = 1
/** Bytes of the length before each message. */
export const BLOCK_HEADER_BYTES = 2
/** High words from here on make numbers that a double does not hold exactly; no session gets there. */
export const EXACT_HIGH_END = 0x200000

if (IexTpHeader.Bytes !== IexTpHeader.MessageCount + 2 + 3 * 8) {
  throw new Error('IEX-TP layout: the header is not 40 bytes')
}

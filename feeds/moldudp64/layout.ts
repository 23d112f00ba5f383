/**
 * MoldUDP64 1.0, downstream. Source: Nasdaq MoldUDP64 protocol specification, sections "Downstream Packets" and
 * "Downstream Message Block". Numbers are unsigned and big-endian.
 *
 *      0             10                 18        20
 *     ┌─────────────┬──────────────────┬─────────┬────────────┬──────────────┬───
 *     │ session     │ sequence number  │ message │ length u16 │ message      │ …
 *     │ 10 × ASCII  │ u64              │ count   │            │              │
 *     └─────────────┴──────────────────┴─────────┴────────────┴──────────────┴───
 *
 * The sequence number is that of the first message; in a heartbeat (count 0) and at the end of the session
 * (count 0xFFFF) that of the next message to come. Sequence numbers begin at 1.
 */
export enum MoldHeader {
  Session = 0,
  SequenceHigh = 10,
  SequenceLow = 14,
  Count = 18,
  Bytes = 20,
}

export enum MoldCount {
  Heartbeat = 0,
  EndOfSession = 0xffff,
}

export const SESSION_BYTES = 10
/** Bytes of the length before each message. */
export const BLOCK_HEADER_BYTES = 2
/** High words from here on make sequence numbers that a double does not hold exactly; no session gets there. */
export const SEQUENCE_HIGH_END = 0x200000

if (MoldHeader.SequenceHigh !== SESSION_BYTES || MoldHeader.Bytes !== SESSION_BYTES + 8 + 2) {
  throw new Error('MoldUDP64 layout: the header is not 20 bytes')
}

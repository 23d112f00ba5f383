/**
 * The sequenced unit header in front of the messages of a PITCH datagram, and of each block of a PITCH TCP stream.
 * Source: Cboe US Equities/Options Multicast PITCH specification 2.41, "Message Framing" and "Sequenced Unit Header";
 * the same in the CFE specification 1.2. Little-endian.
 *
 *      0              2       3      4              8
 *     ┌──────────────┬───────┬──────┬──────────────┬─────────┬─────────┬───
 *     │ length u16   │ count │ unit │ sequence u32 │ message │ message │ …
 *     │ header incl. │ u8    │ u8   │              │         │         │
 *     └──────────────┴───────┴──────┴──────────────┴─────────┴─────────┴───
 *
 * `sequence` is that of the first message; 0 marks messages that stand outside the sequence, which is all there is over
 * TCP. A block without messages is a heartbeat and names the next message to come. Each message begins with its length:
 *
 *      0         1       2
 *     ┌─────────┬───────┬──────────
 *     │ length  │ type  │ payload
 *     │ u8      │ u8    │ …
 *     └─────────┴───────┴──────────
 */
export enum UnitHeader {
  Length = 0,
  Count = 2,
  Unit = 3,
  Sequence = 4,
  Bytes = 8,
}

/** What every message begins with; `Bytes` is the length of the shortest message. */
export enum MessageHeader {
  Length = 0,
  Type = 1,
  /** Nanoseconds since the unit's last time message; not in time, mapping and session messages. */
  TimeOffset = 2,
  // biome-ignore lint/suspicious/noDuplicateEnumValues: the payload begins with the time offset
  Bytes = 2,
}

/** The longest block: its length field is a u16. */
export const UNIT_BYTES_MAX = 65_535

/*
 * CME MDP 3.0 over UDP: the binary packet header, then messages until the datagram ends (CME Group Client Systems Wiki,
 * "MDP 3.0 - Binary Packet Header" and "MDP 3.0 - Message Header"). All little-endian. The bodies are SBE: see generated/.
 *
 *      0          4                      12        14
 *     ┌──────────┬──────────────────────┬─────────┬────────────────────────────────────┬───────
 *     │ sequence │ sending time         │ size    │ SBE header: block length, template │ block …
 *     │ u32      │ u64, ns since 1970   │ u16     │ id, schema id, version: u16 each   │
 *     └──────────┴──────────────────────┴─────────┴────────────────────────────────────┴───────
 *                                       └ the message; its size counts itself
 */

export enum PacketAt {
  Sequence = 0,
  SendingTimeLow = 4,
  SendingTimeHigh = 8,
  Bytes = 12,
}

/** Offsets from a message's first byte, its size. */
export enum MessageAt {
  Size = 0,
  BlockLength = 2,
  TemplateId = 4,
  SchemaId = 6,
  Version = 8,
  Bytes = 10,
}

/** Of all versions of CME's market data schema. */
export const MDP3_SCHEMA_ID = 1

/** High words of ns since 1970 that a time may have: 2006 to 2106. What is beyond is damage, and would drag time along. */
export enum TimeHigh {
  Min = 0x10000000,
  Max = 0x3c000000,
}

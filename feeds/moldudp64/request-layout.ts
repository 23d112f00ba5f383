/**
 * MoldUDP64 1.0, upstream: a client asks for messages again, by UDP to the re-request server; the answer is an ordinary
 * downstream packet. Source: Nasdaq MoldUDP64 protocol specification, section "Request Packet". Numbers are unsigned and
 * big-endian.
 *
 *      0             10                 18          20
 *     ┌─────────────┬──────────────────┬───────────┐
 *     │ session     │ first sequence   │ messages  │
 *     │ 10 × ASCII  │ u64              │ u16       │
 *     └─────────────┴──────────────────┴───────────┘
 */
export enum MoldRequest {
  Session = 0,
  SequenceHigh = 10,
  SequenceLow = 14,
  Count = 18,
  Bytes = 20,
}

if (MoldRequest.Bytes !== MoldRequest.Count + 2) throw new Error('MoldUDP64 layout: a request is not 20 bytes')

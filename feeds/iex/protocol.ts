import { looksLikeIexTp } from '../iex-tp/recognise.ts'
import type { DatagramProtocol } from '../protocol/protocol.ts'
import { DEEP_LENGTHS, DEEP_PLUS_LENGTHS, TOPS_LENGTHS } from './layout.ts'
import { IexPacketDecoder } from './packet-decoder.ts'

/** A feed by its message protocol id, which every segment names. */
function describeFeed(name: string, title: string, protocol: number, lengths: Int32Array): DatagramProtocol {
  return {
    carrier: 'datagram',
    name,
    title,
    recognise: (bytes, at, length, isCut) => looksLikeIexTp(bytes, at, length, isCut, protocol),
    open: (shared) => new IexPacketDecoder(shared, protocol, lengths),
  }
}

/** Best bids and offers, trades. Source of the ids: the specifications' sections "Protocol Identification on IEX-TP". */
export const IEX_TOPS_15 = describeFeed('iexTops15', 'IEX TOPS 1.5 over IEX-TP', 0x8002, TOPS_LENGTHS)
export const IEX_TOPS_16 = describeFeed('iexTops16', 'IEX TOPS 1.6 over IEX-TP', 0x8003, TOPS_LENGTHS)
/** Price levels, trades. */
export const IEX_DEEP_10 = describeFeed('iexDeep10', 'IEX DEEP 1.0 over IEX-TP', 0x8004, DEEP_LENGTHS)
/** Orders, trades. */
export const IEX_DEEP_PLUS = describeFeed('iexDeepPlus', 'IEX DEEP+ 1.0 over IEX-TP', 0x8005, DEEP_PLUS_LENGTHS)

export const IEX_FEEDS: readonly DatagramProtocol[] = [IEX_TOPS_15, IEX_TOPS_16, IEX_DEEP_10, IEX_DEEP_PLUS]

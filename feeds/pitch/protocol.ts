import { type DatagramProtocol, type StreamProtocol, Sureness } from '../protocol/protocol.ts'
import { PitchPackets } from './packets.ts'
import { looksLikePitch, looksLikePitchStream, PitchProduct } from './recognise.ts'
import { PitchStream } from './stream.ts'
import { UNIT_BYTES_MAX } from './unit-layout.ts'

function overDatagrams(name: string, title: string, product: PitchProduct): DatagramProtocol {
  return {
    carrier: 'datagram',
    name,
    title,
    recognise(bytes, at, length, isCut) {
      const sureness = looksLikePitch(bytes, at, length, isCut, product)
      // A datagram holds one block.
      const isWhole = length >= 2 && length === (bytes[at]! | (bytes[at + 1]! << 8))
      return isWhole || isCut ? sureness : Sureness.No
    },
    open: (shared) => new PitchPackets(shared, product, false),
  }
}

function overStreams(name: string, title: string, product: PitchProduct): StreamProtocol {
  return {
    carrier: 'stream',
    name,
    title,
    recognise: (bytes, at, length) => looksLikePitchStream(bytes, at, length, product),
    open: (shared) => new PitchStream(shared, product),
    messageBytesMax: UNIT_BYTES_MAX,
  }
}

/** Cboe's equities and options exchanges: depth of book. */
export const PITCH = overDatagrams(
  'pitch',
  'Cboe US equities and options, multicast PITCH 2.41',
  PitchProduct.Securities,
)

/** Cboe Futures Exchange: depth of book. */
export const CFE_PITCH = overDatagrams('cfePitch', 'Cboe Futures Exchange, multicast PITCH 1.2', PitchProduct.Futures)

/** Spin servers and gap request proxies of the equities and options exchanges. */
export const PITCH_STREAM = overStreams('pitch', 'Cboe PITCH over TCP: spin, gap requests', PitchProduct.Securities)

/** Spin servers and gap request proxies of the futures exchange. */
export const CFE_PITCH_STREAM = overStreams('cfePitch', 'CFE PITCH over TCP: spin, gap requests', PitchProduct.Futures)

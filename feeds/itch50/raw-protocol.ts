import type { ByteWindow } from '../capture/byte-window.ts'
import type { FileDecoder, FileProtocol, ProtocolReport } from '../protocol/protocol.ts'
import { EMPTY_REPORT } from '../protocol/protocol.ts'
import { Itch50Decoder } from './decoder.ts'
import { RawItchFeed } from './raw-feed.ts'
import { looksLikeRawItch50 } from './recognise.ts'
import { describeItch50 } from './report.ts'

/** A file of ITCH 5.0 messages behind their lengths, as Nasdaq offers whole days. */
export const RAW_ITCH50: FileProtocol = {
  carrier: 'file',
  name: 'itch50',
  title: 'Nasdaq TotalView-ITCH 5.0, raw messages',
  recogniseHead: looksLikeRawItch50,
  open(window: ByteWindow, shared, damage): FileDecoder {
    const decoder = new Itch50Decoder(shared.instruments)
    const feed = new RawItchFeed(window, decoder, damage)
    return {
      fill: (batch) => feed.fill(batch),
      report: (): ProtocolReport => ({ ...EMPTY_REPORT, ...describeItch50(decoder) }),
    }
  },
}

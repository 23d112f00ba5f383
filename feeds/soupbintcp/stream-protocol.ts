import type { StreamProtocol } from '../protocol/protocol.ts'
import { SoupDecoder } from './decoder.ts'
import { SOUP_BYTES_MAX } from './layout.ts'
import { looksLikeSoupBinTcp } from './recognise.ts'

/** SoupBinTCP 3.0, with ITCH 5.0 in its sequenced packets (as GLIMPSE has it) decoded, and OUCH counted. */
export const SOUP_BIN_TCP: StreamProtocol = {
  carrier: 'stream',
  name: 'soupbintcp',
  title: 'Nasdaq SoupBinTCP 3.0 with ITCH 5.0 or OUCH',
  recognise: looksLikeSoupBinTcp,
  open: (shared) => new SoupDecoder(shared),
  messageBytesMax: SOUP_BYTES_MAX,
}

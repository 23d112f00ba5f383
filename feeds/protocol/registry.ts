import { DBN_FILE } from '../dbn/protocol.ts'
import { IEX_FEEDS } from '../iex/protocol.ts'
import { ITCH50_OVER_MOLD } from '../itch50/mold-protocol.ts'
import { RAW_ITCH50 } from '../itch50/raw-protocol.ts'
import { MDP3 } from '../mdp3/protocol.ts'
import { OTHER_ITCH } from '../other-itch/protocol.ts'
import { CFE_PITCH, CFE_PITCH_STREAM, PITCH, PITCH_STREAM } from '../pitch/protocol.ts'
import { PITCH_TEXT } from '../pitch/text-feed.ts'
import { SOUP_BIN_TCP } from '../soupbintcp/stream-protocol.ts'
import type { DatagramProtocol, FeedProtocol, FileProtocol, StreamProtocol } from './protocol.ts'

/*
 * Every protocol that the product reads. The order decides between protocols that are equally sure of the same bytes: the
 * first one wins.
 */

export const DATAGRAM_PROTOCOLS: readonly DatagramProtocol[] = [
  ITCH50_OVER_MOLD,
  ...IEX_FEEDS,
  MDP3,
  PITCH,
  CFE_PITCH,
  ...OTHER_ITCH,
]

export const STREAM_PROTOCOLS: readonly StreamProtocol[] = [SOUP_BIN_TCP, PITCH_STREAM, CFE_PITCH_STREAM]

export const FILE_PROTOCOLS: readonly FileProtocol[] = [RAW_ITCH50, PITCH_TEXT, DBN_FILE]

export const FEED_PROTOCOLS: readonly FeedProtocol[] = [...DATAGRAM_PROTOCOLS, ...STREAM_PROTOCOLS, ...FILE_PROTOCOLS]

/** Names that `--feed` takes. */
export const FEED_NAMES: readonly string[] = [...new Set(FEED_PROTOCOLS.map(({ name }) => name))]

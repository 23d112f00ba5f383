import type { ClientOptions } from '../../../feeds/soupbintcp/session/client-session.ts'
import { SESSION_TIMES, type SessionTimes } from '../../../feeds/soupbintcp/session/session-times.ts'
import { isGroup, parseEndpoint, parseIpv4 } from '../../host/ipv4.ts'
import { TcpConnection } from '../../host/tcp-connection.ts'
import { UdpSocket } from '../../host/udp-socket.ts'
import type { LinkOptions } from '../entry/session-link.ts'
import type { LiveConfig, LoginConfig } from './live-config.ts'
import { MoldFeed, type MoldFeedOptions } from './mold-feed.ts'

const ANY = 0
const SNAPSHOT_RECONNECT_MS = 1000

function interfaceOf({ interfaceAddress }: LiveConfig): number {
  return interfaceAddress === '*' ? ANY : parseIpv4(interfaceAddress)
}

/** Listens to a line: at its address, or at its port after joining its group. @throws HostError */
function openLine(line: string, config: LiveConfig): UdpSocket {
  const { address, port } = parseEndpoint(line)
  const { receiveBufferBytes } = config
  const slotBytes = config.gaps.packetBytesMax
  if (!isGroup(address)) return new UdpSocket({ at: { address, port }, receiveBufferBytes, slotBytes })
  // Bound to the group itself, the socket hears nothing that is sent to the port otherwise.
  const socket = new UdpSocket({ at: { address, port }, receiveBufferBytes, slotBytes })
  socket.join(address, interfaceOf(config))
  return socket
}

/** A SoupBinTCP client's way to its server. */
export function linkTo(login: LoginConfig, reconnectMs: number, times: SessionTimes = SESSION_TIMES): LinkOptions {
  const target = parseEndpoint(login.server)
  const options: ClientOptions = { username: login.username, password: login.password, times }
  return { login: options, connect: () => new TcpConnection(target), reconnectMs }
}

/** The way to the venue. A run hears nothing of earlier runs of the day: what they were told is not asked for. */
function linkToVenue({ entry }: LiveConfig): LinkOptions {
  const link = linkTo(entry, entry.reconnectMs, entry.times)
  const target = parseEndpoint(entry.server)
  return { ...link, login: { ...link.login, firstSequence: 0 }, connect: () => new TcpConnection(target, true) }
}

/** The ways to the venue; tests put others in their place. */
export interface LiveLinks {
  readonly venue: LinkOptions
  readonly dropCopy: LinkOptions | undefined
}

/** The ways that are configured. */
export function linksOf(config: LiveConfig): LiveLinks {
  const { dropCopy, entry } = config
  const copy = dropCopy === undefined ? undefined : linkTo(dropCopy, entry.reconnectMs, entry.times)
  return { venue: linkToVenue(config), dropCopy: copy }
}

/** Opens the feed's sockets. @param isSuccessor whether a dead kernel's books are to be begun anew @throws HostError when one cannot be had */
export function openFeedSockets(config: LiveConfig, isSuccessor: boolean): MoldFeed {
  const { requestServer, snapshots, gaps, instrumentsMax, session } = config
  const lines = config.lines.map((line) => openLine(line, config))
  const options: MoldFeedOptions = { lines, gaps, instrumentsMax, epochSeconds: session.epochSeconds, isSuccessor }
  return new MoldFeed({
    ...options,
    ...(snapshots !== undefined && { snapshots: linkTo(snapshots, SNAPSHOT_RECONNECT_MS) }),
    ...(requestServer !== '' && {
      requests: {
        port: new UdpSocket({ at: { address: ANY, port: 0 }, slotBytes: gaps.packetBytesMax }),
        target: parseEndpoint(requestServer),
      },
    }),
  })
}

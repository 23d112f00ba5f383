import { ClientState } from '../../../feeds/soupbintcp/session/client-session.ts'
import { SessionCount } from '../../../feeds/soupbintcp/session/session-counts.ts'
import { EntryCount } from './entry-counts.ts'
import { GatewayBreak, type OuchGateway } from './ouch-gateway.ts'

/** How a live session stands with its venue, as the I/O kernel's counters show it. */
export enum VenueState {
  Connecting = 0,
  InSession = 1,
  /** No connection was ever made, and at least one has failed. */
  Unreached = 2,
  /** There was a session; it is being made again. */
  Lost = 3,
  /** The rest needs a person: see `GatewayBreak`. */
  NotAuthorised = 4,
  SessionGone = 5,
  MessagesMissed = 6,
  SessionEnded = 7,
}

const BROKEN: Readonly<Record<GatewayBreak, VenueState>> = {
  [GatewayBreak.None]: VenueState.Connecting,
  [GatewayBreak.NotAuthorised]: VenueState.NotAuthorised,
  [GatewayBreak.SessionGone]: VenueState.SessionGone,
  [GatewayBreak.MessagesMissed]: VenueState.MessagesMissed,
  [GatewayBreak.SessionEnded]: VenueState.SessionEnded,
}

/** How a gateway stands with its venue. */
export function venueStateOf({ brokenBy, counts, link }: OuchGateway): VenueState {
  const { session } = link
  if (session.state === ClientState.Live) return VenueState.InSession
  if (brokenBy !== GatewayBreak.None) return BROKEN[brokenBy]
  if (session.counts[SessionCount.Logins]! > 0) return VenueState.Lost
  return counts[EntryCount.ConnectsFailed]! > 0 ? VenueState.Unreached : VenueState.Connecting
}

/**
 * SoupBinTCP 3.0. Source: Nasdaq SoupBinTCP specification 3.00, section 2 "SoupBinTCP Packet Types". Lengths are unsigned and
 * big-endian and count the type and the payload; text is ASCII, numbers in text are padded with spaces on the left.
 *
 *      0            2          3
 *     ┌────────────┬──────────┬──────────
 *     │ length u16 │ type u8  │ payload
 *     └────────────┴──────────┴──────────
 *
 *     type  packet                from     payload: name:bytes                                          length
 *     +     debug                 both     text                                                         1 and more
 *     A     login accepted        server   session:10 sequence:20 (of the next sequenced packet)        31
 *     J     login rejected        server   reason:1                                                     2
 *     S     sequenced data        server   message                                                      1 and more
 *     U     unsequenced data      both     message                                                      1 and more
 *     H     server heartbeat      server                                                                1
 *     Z     end of session        server                                                                1
 *     L     login request         client   username:6 password:10 session:10 sequence:20                47
 *                                          (version 4.0: heartbeat timeout:5 behind them)               52
 *     R     client heartbeat      client                                                                1
 *     O     logout request        client                                                                1
 *
 * Sequenced packets have no number: they count up from the login's.
 */
export enum SoupHeader {
  Length = 0,
  Type = 2,
  Bytes = 3,
}

export enum SoupType {
  Debug = 0x2b,
  LoginAccepted = 0x41,
  LoginRejected = 0x4a,
  SequencedData = 0x53,
  UnsequencedData = 0x55,
  ServerHeartbeat = 0x48,
  EndOfSession = 0x5a,
  LoginRequest = 0x4c,
  ClientHeartbeat = 0x52,
  LogoutRequest = 0x4f,
}

/** Offsets within a login accepted packet. */
export enum LoginAcceptedAt {
  Session = 3,
  Sequence = 13,
  Bytes = 33,
}

/** Offsets within a login request packet; version 4.0 has a heartbeat timeout behind them. */
export enum LoginRequestAt {
  Username = 3,
  Password = 9,
  Session = 19,
  Sequence = 29,
  Bytes = 49,
}

/** Offsets within a login rejected packet. */
export enum LoginRejectedAt {
  Reason = 3,
  Bytes = 4,
}

/** Why a login is rejected. */
export enum SoupReject {
  /** Username or password are wrong. */
  NotAuthorised = 0x41,
  SessionNotAvailable = 0x53,
}

/** Bytes of the fields of logins. */
export const SOUP_USERNAME_BYTES = 6
export const SOUP_PASSWORD_BYTES = 10
export const SOUP_SESSION_BYTES = 10
export const SOUP_SEQUENCE_BYTES = 20
/** Bytes of the length itself, which it does not count. */
export const SOUP_LENGTH_BYTES = 2
/** The longest packet, with its length. */
export const SOUP_BYTES_MAX = SOUP_LENGTH_BYTES + 0xffff

/** Lengths of a login request of version 3.0 and of version 4.0. */
const LOGIN_REQUEST_LENGTH = 47
const LOGIN_REQUEST_LENGTH_4 = 52

if (LoginAcceptedAt.Bytes !== LoginAcceptedAt.Sequence + SOUP_SEQUENCE_BYTES) {
  throw new Error('SoupBinTCP layout: login accepted is not 33 bytes')
}
if (
  LoginRequestAt.Password !== LoginRequestAt.Username + SOUP_USERNAME_BYTES ||
  LoginRequestAt.Session !== LoginRequestAt.Password + SOUP_PASSWORD_BYTES ||
  LoginRequestAt.Sequence !== LoginRequestAt.Session + SOUP_SESSION_BYTES ||
  LoginRequestAt.Bytes !== LoginRequestAt.Sequence + SOUP_SEQUENCE_BYTES ||
  LoginRequestAt.Bytes !== SOUP_LENGTH_BYTES + LOGIN_REQUEST_LENGTH
) {
  throw new Error('SoupBinTCP layout: login request is not 49 bytes')
}

/** Whether a packet of that type can have that length. */
export function isSoupPacket(type: number, length: number): boolean {
  switch (type) {
    case SoupType.SequencedData:
    case SoupType.UnsequencedData:
    case SoupType.Debug:
      return length >= 1
    case SoupType.ServerHeartbeat:
    case SoupType.ClientHeartbeat:
    case SoupType.EndOfSession:
    case SoupType.LogoutRequest:
      return length === 1
    case SoupType.LoginAccepted:
      return length === LoginAcceptedAt.Bytes - SOUP_LENGTH_BYTES
    case SoupType.LoginRejected:
      return length === LoginRejectedAt.Bytes - SOUP_LENGTH_BYTES
    case SoupType.LoginRequest:
      return length === LOGIN_REQUEST_LENGTH || length === LOGIN_REQUEST_LENGTH_4
    default:
      return false
  }
}

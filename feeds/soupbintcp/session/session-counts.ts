/** What both sides of a session count. */
export enum SessionCount {
  MessagesReceived = 0,
  MessagesSent = 1,
  HeartbeatsReceived = 2,
  HeartbeatsSent = 3,
  /** Messages that a full buffer refused. */
  SendsRefused = 4,
  Logins = 5,
  LoginsRejected = 6,
  /** Sequenced messages that had come before, on an earlier connection. */
  Duplicates = 7,
  /** Sequenced messages that the other side no longer has. */
  Missed = 8,
  DebugPackets = 9,
  Disconnects = 10,
  /* Why connections were given up, by `SessionFailure`. */
  BadPacket = 11,
  UnexpectedPacket = 12,
  Silence = 13,
  LoginTimeout = 14,
  BadLogin = 15,
  Replaced = 16,
  Count = 17,
}

/** Names of the counters in reports, by `SessionCount`. */
export const SESSION_COUNT_NAMES: readonly string[] = [
  'messagesReceived',
  'messagesSent',
  'heartbeatsReceived',
  'heartbeatsSent',
  'sendsRefused',
  'logins',
  'loginsRejected',
  'duplicates',
  'missed',
  'debugPackets',
  'disconnects',
  'badPacket',
  'unexpectedPacket',
  'silence',
  'loginTimeout',
  'badLogin',
  'replaced',
]

/** Why a connection was given up; its counter is the one of the same name and number. */
export enum SessionFailure {
  None = 0,
  /** Bytes that are no packet. */
  BadPacket = 11,
  /** A packet of the other direction, or at a time when it cannot come. */
  UnexpectedPacket = 12,
  Silence = 13,
  LoginTimeout = 14,
  /** A login whose number is none, or a rejected one. */
  BadLogin = 15,
  /** Server: the same user has logged in on another connection. */
  Replaced = 16,
}

/** What a session tells its owner, one at a time. */
export enum SessionEvent {
  None = 0,
  /** A message lies at `messageAt`, `messageLength` of the receive buffer's bytes. */
  Message = 1,
  LoggedIn = 2,
  /** Client: the login was answered with a session that is not the one before; its numbers begin anew. */
  SessionChanged = 3,
  /** Client: logged in, but messages since the last connection are gone: see the counter `Missed`. */
  MessagesMissed = 4,
  /** Client: see `rejectReason`. */
  LoginRejected = 5,
  /** Client: the server has ended the session: nothing more will come. Server: the client logged out. */
  Ended = 6,
  /** The connection must be closed: see `failure`. */
  Failed = 7,
}

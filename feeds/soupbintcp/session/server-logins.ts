import { LoginRequestAt, SOUP_PASSWORD_BYTES, SOUP_SESSION_BYTES, SOUP_USERNAME_BYTES, SoupReject } from '../layout.ts'
import type { SequencedLog } from './sequenced-log.ts'
import { holdsText, isBlank, padded } from './text-fields.ts'

/** Who may log in. */
export interface SoupUser {
  readonly username: string
  readonly password: string
  /** What the user's connections are sent; left out where each connection gets a log of its own from its owner. */
  readonly log?: SequencedLog
}

/** A user as connections know it. */
export interface KnownUser extends SoupUser {
  /** Number of the user's latest connection that is logged in: a later one takes the place of an earlier one. */
  latestConnection: number
}

interface Credentials {
  readonly user: KnownUser
  readonly name: Uint8Array
  readonly password: Uint8Array
}

/** The users of a server and its session: what all connections to one port have in common. */
export class SoupLogins {
  /** The session's ten characters. */
  readonly session: Uint8Array
  /** Set once the session is over: each connection is told when it has got all of its log. */
  isEnded = false
  /** A fault on demand: the next login is answered so many messages further back than it asked for. */
  rewindBy = 0
  /** Of the last login that was refused: why. */
  refusal: SoupReject = SoupReject.NotAuthorised
  readonly #credentials: readonly Credentials[]
  #connections = 0

  /** @throws RangeError for a name, password or session that does not fit its field */
  constructor(session: string, users: readonly SoupUser[]) {
    this.session = padded(session.padStart(SOUP_SESSION_BYTES), SOUP_SESSION_BYTES)
    this.#credentials = users.map((user) => ({
      user: { ...user, latestConnection: 0 },
      name: padded(user.username, SOUP_USERNAME_BYTES),
      password: padded(user.password, SOUP_PASSWORD_BYTES),
    }))
  }

  /** A number for a new connection. */
  nextConnection(): number {
    this.#connections++
    return this.#connections
  }

  /** The user whose login lies in the packet at `at`; undefined when it is refused, see `refusal`. */
  find(bytes: Uint8Array, at: number): KnownUser | undefined {
    this.refusal = SoupReject.NotAuthorised
    let found: KnownUser | undefined
    for (const { user, name, password } of this.#credentials) {
      const isName = holdsText(bytes, at + LoginRequestAt.Username, name)
      if (holdsText(bytes, at + LoginRequestAt.Password, password) && isName) found ??= user
    }
    const sessionAt = at + LoginRequestAt.Session
    if (found === undefined || isBlank(bytes, sessionAt, SOUP_SESSION_BYTES)) return found
    if (holdsText(bytes, sessionAt, this.session)) return found
    this.refusal = SoupReject.SessionNotAvailable
    return undefined
  }
}

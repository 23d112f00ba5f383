import type { Exchange } from '../../feeds/exchange/exchange.ts'
import { Request50 } from '../../feeds/ouch/request-layout-50.ts'
import type { SoupConnection } from '../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../feeds/soupbintcp/session/server-logins.ts'
import { SoupPort } from './soup-port.ts'
import type { VenueOptions } from './venue.ts'
import type { WireLog } from './wire-log.ts'

const CONNECTIONS_MAX = 256

/** The venue's TCP ports: order entry, drop copies, snapshots. */
export class VenuePorts {
  readonly #exchange: Exchange
  readonly #ouch: SoupPort
  readonly #dropCopy: SoupPort
  readonly #glimpse: SoupPort
  readonly #logins: readonly SoupLogins[]
  readonly #cancelOnDisconnect: boolean
  readonly #ouchConnections = new Map<string, SoupConnection>()
  readonly #wire: WireLog | undefined
  /** Users whose connection is to be broken with a request on its way: whether one has been lost so already. */
  readonly #losing = new Map<string, boolean>()
  #snapshots = 0

  constructor(exchange: Exchange, options: VenueOptions) {
    const { host, session, nowNs, sessionTimes: times } = options
    this.#exchange = exchange
    this.#wire = options.wire
    this.#cancelOnDisconnect = options.cancelOnDisconnect
    const users = [...exchange.users.values()]
    const ouch = users.map(({ options: user, log }) => ({ username: user.username, password: user.password, log }))
    const firms = [...options.dropCopyPasswords].map(([firm, password]) => {
      const log = exchange.dropCopies.get(firm)
      return log === undefined ? { username: firm, password } : { username: firm, password, log }
    })
    // Each connection gets a snapshot of its own.
    const glimpse = users.map(({ options: { username, password } }) => ({ username, password }))
    this.#logins = [ouch, firms, glimpse].map((list) => new SoupLogins(session, list))
    const open = (
      title: string,
      logins: SoupLogins,
      port: number,
      handlers: ConstructorParameters<typeof SoupPort>[1],
    ) => new SoupPort({ title, host, port, logins, times, connectionsMax: CONNECTIONS_MAX, nowNs }, handlers)
    this.#ouch = open('the port of order entry', this.#logins[0]!, options.ouchPort, {
      onLogin: (connection) => {
        this.#wire?.noteLogin(connection.nextSequence)
        this.#ouchConnections.set(connection.user!.username, connection)
      },
      onMessage: (connection) => this.#takeRequest(connection),
      onGone: (connection) => this.#leave(connection),
    })
    this.#dropCopy = open('the port of drop copies', this.#logins[1]!, options.dropCopyPort, {})
    this.#glimpse = open('the port of snapshots', this.#logins[2]!, options.glimpsePort, {
      onLogin: (connection) => {
        this.#snapshots++
        this.#wire?.noteSnapshot()
        connection.log = exchange.snapshot()
      },
    })
  }

  /** Binds the ports. */
  async open(): Promise<{ readonly ouch: number; readonly dropCopy: number; readonly glimpse: number }> {
    return {
      ouch: await this.#ouch.open(),
      dropCopy: await this.#dropCopy.open(),
      glimpse: await this.#glimpse.open(),
    }
  }

  step(): void {
    for (const [username, isLost] of this.#losing) {
      if (!isLost) continue
      this.#losing.delete(username)
      this.#ouch.disconnect(username)
    }
    for (const port of this.#all) port.step()
  }

  /** Tells every client, once it has read all of its log, that the session is over. */
  end(): void {
    for (const logins of this.#logins) logins.isEnded = true
  }

  async close(): Promise<void> {
    for (const port of this.#all) await port.close()
  }

  /** Users that are logged in for order entry. */
  get ouchUsers(): string[] {
    return this.#ouch.users
  }

  /** Whether nobody is logged in anywhere. */
  get isQuiet(): boolean {
    return this.#all.every((port) => port.users.length === 0)
  }

  /** Breaks a user's connection for order entry, or all of them. @returns how many */
  disconnect(username?: string): number {
    return this.#ouch.disconnect(username)
  }

  /** A fault on demand: a user's next request is lost, and its connection with it. */
  loseNextRequest(username: string): void {
    this.#losing.set(username, false)
  }

  /** A fault on demand: the next login for order entry is answered from so many messages further back. */
  rewindNextLogin(messages: number): void {
    this.#logins[0]!.rewindBy = messages
  }

  /** What there was to count. */
  facts() {
    return {
      ouch: this.#ouch.facts(),
      dropCopy: this.#dropCopy.facts(),
      glimpse: { ...this.#glimpse.facts(), snapshots: this.#snapshots },
    }
  }

  get #all(): readonly SoupPort[] {
    return [this.#ouch, this.#dropCopy, this.#glimpse]
  }

  #takeRequest(connection: SoupConnection): void {
    const user = this.#exchange.users.get(connection.user!.username)!
    const { receive, messageAt, messageLength } = connection
    // Questions about the account, which come with each login, are not meant.
    const isLost = this.#losing.has(user.options.username) && receive.bytes[messageAt] !== Request50.AccountQuery
    this.#wire?.noteRequest(user.options.version, receive.bytes, messageAt, messageLength, isLost)
    if (isLost) this.#losing.set(user.options.username, true)
    else this.#exchange.takeRequest(user, receive.bytes, messageAt, messageLength)
  }

  /** A later login of the same user has taken the place of this one: then its orders stay. */
  #leave(connection: SoupConnection): void {
    const name = connection.user!.username
    if (this.#ouchConnections.get(name) !== connection) return
    this.#ouchConnections.delete(name)
    if (this.#cancelOnDisconnect && !this.#exchange.isOver) this.#exchange.cancelAll(this.#exchange.users.get(name)!)
  }
}

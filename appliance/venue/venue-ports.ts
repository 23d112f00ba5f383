import type { Exchange } from '../../feeds/exchange/exchange.ts'
import type { SoupConnection } from '../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../feeds/soupbintcp/session/server-logins.ts'
import { SoupPort } from './soup-port.ts'
import type { VenueOptions } from './venue.ts'

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
  #snapshots = 0

  constructor(exchange: Exchange, options: VenueOptions) {
    const { host, session, nowNs, sessionTimes: times } = options
    this.#exchange = exchange
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
    const open = (logins: SoupLogins, port: number, handlers: ConstructorParameters<typeof SoupPort>[1]) =>
      new SoupPort({ host, port, logins, times, connectionsMax: CONNECTIONS_MAX, nowNs }, handlers)
    this.#ouch = open(this.#logins[0]!, options.ouchPort, {
      onLogin: (connection) => this.#ouchConnections.set(connection.user!.username, connection),
      onMessage: (connection) => this.#takeRequest(connection),
      onGone: (connection) => this.#leave(connection),
    })
    this.#dropCopy = open(this.#logins[1]!, options.dropCopyPort, {})
    this.#glimpse = open(this.#logins[2]!, options.glimpsePort, {
      onLogin: (connection) => {
        this.#snapshots++
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
    this.#exchange.takeRequest(user, connection.receive.bytes, connection.messageAt, connection.messageLength)
  }

  /** A later login of the same user has taken the place of this one: then its orders stay. */
  #leave(connection: SoupConnection): void {
    const name = connection.user!.username
    if (this.#ouchConnections.get(name) !== connection) return
    this.#ouchConnections.delete(name)
    if (this.#cancelOnDisconnect && !this.#exchange.isOver) this.#exchange.cancelAll(this.#exchange.users.get(name)!)
  }
}

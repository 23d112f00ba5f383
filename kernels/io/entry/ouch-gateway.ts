import { OuchFault } from '../../../feeds/ouch/faults.ts'
import { OuchField, OuchMessage } from '../../../feeds/ouch/message.ts'
import { Request50 } from '../../../feeds/ouch/request-layout-50.ts'
import { Response50 } from '../../../feeds/ouch/response-layout-50.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, type OuchCodecs, OuchVersion } from '../../../feeds/ouch/versions.ts'
import { SoupReject } from '../../../feeds/soupbintcp/layout.ts'
import { ClientState } from '../../../feeds/soupbintcp/session/client-session.ts'
import { SessionCount, SessionEvent } from '../../../feeds/soupbintcp/session/session-counts.ts'
import { RecordQueue } from '../../../feeds/venue/record-queue.ts'
import { CancelReason } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import type { RecordViews } from '../../records/views.ts'
import { EntryCount } from './entry-counts.ts'
import { EntryMemory } from './entry-memory.ts'
import { EntryOrders } from './entry-orders.ts'
import type { WireGateway } from './gateway.ts'
import { EntryState } from './order-states.ts'
import { OrderTokens } from './order-tokens.ts'
import { RequestDesk } from './request-desk.ts'
import { type OrderDefaults, RequestWriter } from './request-writer.ts'
import { ResponseRecords } from './response-records.ts'
import { type ExecutionWitness, ResponseTranslator } from './response-translator.ts'
import { type LinkOptions, SessionLink } from './session-link.ts'
import { VenueSymbols } from './venue-symbols.ts'

const QUEUE_BYTES_START = 1 << 16
const QUEUE_BYTES_MAX = 1 << 28
const MESSAGES_PER_STEP_MAX = 1024

export interface OuchGatewayOptions {
  readonly version: OuchVersion
  readonly link: LinkOptions
  /** When the run began, in seconds since 1970: what its tokens begin with. */
  readonly startSeconds: number
  readonly orderDefaults: OrderDefaults
  /** Open orders at most, and with them orders that are done and still known. */
  readonly ordersMax: number
  readonly instrumentsMax: number
  /** Whether all open orders are cancelled once a lost session is back. */
  readonly cancelsOnDisconnect: boolean
  /** By `EntryMemory`, where a successor finds it; left out where there will be none. */
  readonly memory?: Float64Array
}

/** Why a gateway sends nothing any more, until somebody has looked. */
export enum GatewayBreak {
  None = '',
  NotAuthorised = 'the venue rejects the username or the password',
  SessionGone = 'the venue no longer has the session in which orders were sent',
  MessagesMissed = 'the venue no longer has messages that were missed',
  SessionEnded = 'the venue has ended the session',
}

/**
 * Orders to a venue by OUCH over SoupBinTCP, answers back. It is ready once a login is answered and everything that the venue
 * had to tell since the last connection is read: then no response is lost, whatever broke. Answers to requests that cannot
 * be sent are given here.
 *
 * A break that needs a person (see `GatewayBreak`) is named, and the gateway stays closed.
 */
export class OuchGateway implements WireGateway {
  readonly responses = new RecordQueue(QUEUE_BYTES_START, QUEUE_BYTES_MAX)
  readonly nowNs: Float64Array
  readonly link: SessionLink
  readonly orders: EntryOrders
  readonly tokens: OrderTokens
  readonly symbols: VenueSymbols
  readonly version: OuchVersion
  /** By `EntryCount`. */
  readonly counts = new Float64Array(EntryCount.Count)
  /** By `OuchFault`: messages that were none. */
  readonly faults = new Float64Array(OuchFault.Count)
  brokenBy: GatewayBreak = GatewayBreak.None
  isShortSale = false
  /** Set once a lost session is back and all open orders are to be cancelled; `cancelAll` takes it back. */
  wantsCancelAll = false
  readonly #codecs: OuchCodecs
  readonly #message = new OuchMessage()
  readonly #bytes = new Uint8Array(OUCH_BYTES_MAX)
  readonly #desk: RequestDesk
  readonly #translator: ResponseTranslator
  readonly #cancelsOnDisconnect: boolean
  readonly #memory: Float64Array
  /** Whether what was sent before is gone through again: nothing leaves. */
  #isRecalling = false
  #isCaughtUp = false
  #hadSession = false
  #heartbeatsAtLogin = 0
  /** Account queries sent that were not answered; those of earlier connections may have been lost. */
  #queriesOpen = 0
  /** Queries of the run that `#queriesOpen` counts. */
  #queriesCounted = 0
  #isAnswerOfThisLogin = false

  constructor(options: OuchGatewayOptions) {
    this.version = options.version
    this.#codecs = createOuchCodecs(options.version)
    this.link = new SessionLink(options.link)
    this.nowNs = this.link.nowNs
    this.orders = new EntryOrders(options.ordersMax)
    this.tokens = new OrderTokens(options.startSeconds)
    this.symbols = new VenueSymbols(options.instrumentsMax)
    this.#cancelsOnDisconnect = options.cancelsOnDisconnect
    this.#memory = options.memory ?? new Float64Array(EntryMemory.Count)
    const { orders, tokens, counts, symbols } = this
    const records = new ResponseRecords(this.responses, orders, this.nowNs)
    const writer = new RequestWriter(this.#message, orders, tokens, symbols, this.version, options.orderDefaults)
    this.#desk = new RequestDesk({
      orders,
      records,
      writer,
      counts,
      send: () => this.#send(),
      hasRoom: () => this.#isRecalling || this.isReady,
    })
    this.#translator = new ResponseTranslator({ orders, records, tokens, symbols, version: this.version, counts })
  }

  get isReady(): boolean {
    if (!this.#isCaughtUp || this.link.session.state !== ClientState.Live) return false
    const { send } = this.link.session
    return send.bytes.length - send.waitingBytes >= 2 * OUCH_BYTES_MAX
  }

  get streamEnd(): number {
    return this.link.sentBytes + this.link.session.send.waitingBytes
  }

  /** Has executions told to somebody else, too. */
  watchExecutions(witness: ExecutionWitness): void {
    this.#translator.witness = witness
  }

  get hasSentCancels(): boolean {
    return !this.#desk.hasWanted && this.link.session.send.waitingBytes === 0
  }

  get lostNs(): Float64Array {
    return this.link.lostNs
  }

  noteInstrument(views: RecordViews, at: number): void {
    this.symbols.note(views, at)
  }

  applyRequest(views: RecordViews, at: number): void {
    this.#desk.take(views, at, this.isShortSale)
    this.link.flush()
  }

  cancelAll(): void {
    this.wantsCancelAll = false
    this.counts[EntryCount.CancelAlls]!++
    this.#desk.wantCancels(0, 0, CancelReason.KillSwitch)
    this.#desk.sendCancels()
    this.link.flush()
  }

  step(): number {
    let done = this.link.receive()
    const { session } = this.link
    for (let i = 0; i < MESSAGES_PER_STEP_MAX; i++) {
      // What is recalled is compared before the next message changes anything.
      if (this.#isRecalling && this.responses.length > 0) break
      const event = session.next()
      if (event === SessionEvent.None) break
      this.#take(event)
      done++
    }
    if (!this.#isCaughtUp && !this.#isRecalling && session.state === ClientState.Live) this.#lookWhetherCaughtUp()
    this.#desk.sendCancels()
    const late = this.link.tick()
    if (late === SessionEvent.Failed) done++
    if (session.state === ClientState.Disconnected) this.#isCaughtUp = false
    this.counts[EntryCount.Connects] = this.link.connects
    this.counts[EntryCount.ConnectsFailed] = this.link.failures
    return done
  }

  close(): void {
    this.link.close()
    this.#isCaughtUp = false
  }

  /**
   * Saves or restores orders, names and the place in the venue's messages; nothing may wait in `responses`. What is restored is
   * to be recalled: the venue goes on behind the last message that the state has seen.
   */
  archive(archive: StateArchive): void {
    this.link.session.archive(archive)
    this.orders.archive(archive)
    this.symbols.archive(archive)
    this.#translator.archive(archive)
    this.#desk.archive(archive)
    archive.array(this.counts)
    archive.array(this.faults)
    this.#queriesOpen = archive.number(this.#queriesOpen)
    this.#queriesCounted = archive.number(this.#memory[EntryMemory.QueriesSent]!)
  }

  /**
   * A dead kernel's gateway is brought back: its requests are applied again in their order, by `applyRequest`, and nothing of
   * them is sent; the venue tells again what it has told, by `step`, which stops at whatever is to be told to strategies.
   */
  beginRecall(): void {
    this.#isRecalling = true
    this.#hadSession = true
    this.tokens.userRefBase[0] = this.#memory[EntryMemory.FirstUserRef]! - 1
    // Of those that a restored state does not count no answer was read.
    this.#queriesOpen += this.#memory[EntryMemory.QueriesSent]! - this.#queriesCounted
  }

  /** While recalling: this order was found never to have reached the venue. */
  recallUnanswered(strategy: number, orderId: number): void {
    const slot = this.orders.findId(strategy, orderId)
    if (slot >= 0 && this.orders.isAccepted[slot] === 0) this.#translator.refuseUnanswered(slot)
  }

  /** All is recalled: from here on it is the live one, once it has caught up. */
  endRecall(): void {
    this.#isRecalling = false
    if (this.link.session.state === ClientState.Live) this.#beginSession()
  }

  #take(event: SessionEvent): void {
    const { session } = this.link
    switch (event) {
      case SessionEvent.Message:
        this.#takeMessage()
        return
      case SessionEvent.LoggedIn:
        this.#beginSession()
        return
      case SessionEvent.SessionChanged:
        if (this.orders.slotsUsed > 0) this.#break(GatewayBreak.SessionGone)
        else {
          this.#memory[EntryMemory.FirstSequence] = 0
          this.#beginSession()
        }
        return
      case SessionEvent.MessagesMissed:
        this.#break(GatewayBreak.MessagesMissed)
        return
      case SessionEvent.LoginRejected:
        if (session.rejectReason !== SoupReject.SessionNotAvailable) this.#break(GatewayBreak.NotAuthorised)
        else if (this.orders.slotsUsed > 0) this.#break(GatewayBreak.SessionGone)
        else session.forgetSession()
        return
      case SessionEvent.Ended:
        this.#break(GatewayBreak.SessionEnded)
        return
      default:
    }
  }

  #break(reason: GatewayBreak): void {
    this.brokenBy = reason
    this.link.isStopped = true
    this.#isCaughtUp = false
  }

  /** Asks for the account's state: its answer comes behind all that was missed. */
  #beginSession(): void {
    const { counts } = this.link.session
    this.#isCaughtUp = false
    if (this.#isRecalling) return
    if (this.#memory[EntryMemory.FirstSequence] === 0) {
      this.#memory[EntryMemory.FirstSequence] = this.link.session.nextSequence
    }
    this.#heartbeatsAtLogin = counts[SessionCount.HeartbeatsReceived]!
    this.#isAnswerOfThisLogin = this.#queriesOpen === 0
    if (this.version === OuchVersion.V42) {
      // Before the first order there is nothing that could have been missed.
      if (this.orders.slotsUsed === 0) this.#catchUp()
      return
    }
    this.#message.begin(Request50.AccountQuery)
    this.#queriesOpen++
    this.#memory[EntryMemory.QueriesSent]!++
    this.#send()
  }

  #takeMessage(): void {
    const { session } = this.link
    const { bytes } = session.receive
    const fault = this.#codecs.responses.decode(bytes, session.messageAt, session.messageLength, this.#message)
    if (fault !== OuchFault.None) {
      this.counts[EntryCount.BadMessages]!++
      this.faults[fault]!++
      return
    }
    if (this.version === OuchVersion.V50 && this.#message.type === Response50.AccountState) this.#takeAccount()
    this.#translator.take(this.#message)
  }

  #takeAccount(): void {
    this.#queriesOpen = Math.max(0, this.#queriesOpen - 1)
    const { userRefBase } = this.tokens
    if (userRefBase[0]! < 0) {
      this.#memory[EntryMemory.FirstUserRef] = this.#message.numbers[OuchField.NextUserRefNum]!
      userRefBase[0] = this.#message.numbers[OuchField.NextUserRefNum]! - 1
    }
    if (this.#isAnswerOfThisLogin) this.#catchUp()
  }

  /** A server sends a heartbeat only when nothing else waits. */
  #lookWhetherCaughtUp(): void {
    const hasHeartbeat = this.link.session.counts[SessionCount.HeartbeatsReceived]! > this.#heartbeatsAtLogin
    if (hasHeartbeat && (this.version === OuchVersion.V42 || this.tokens.userRefBase[0]! >= 0)) this.#catchUp()
  }

  #catchUp(): void {
    if (this.#isCaughtUp || this.#isRecalling) return
    this.#isCaughtUp = true
    if (this.#hadSession) this.#settle()
    if (this.#hadSession && this.#cancelsOnDisconnect) this.wantsCancelAll = true
    this.#hadSession = true
  }

  /** All is read that the venue had to tell: what it has not answered was lost with the connection. */
  #settle(): void {
    const { orders } = this
    for (let slot = 0; slot < orders.slotsUsed; slot++) {
      const state: EntryState = orders.state[slot]!
      if (state === EntryState.Free || state === EntryState.Done || orders.isAccepted[slot] === 1) continue
      this.#translator.refuseUnanswered(slot)
    }
    this.#desk.repeatCancels()
  }

  /** Sends the message that the writer has written. */
  #send(): boolean {
    if (this.#isRecalling) return true
    const length = this.#codecs.requests.encode(this.#message, this.#bytes, 0)
    return length > 0 && this.link.session.trySend(this.#bytes, 0, length)
  }
}

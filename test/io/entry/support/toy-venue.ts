import { OuchCancelReason, OuchLiquidity, Reject42, Reject50 } from '../../../../feeds/ouch/codes.ts'
import { OuchFault } from '../../../../feeds/ouch/faults.ts'
import { OuchField, OuchMessage, OuchText } from '../../../../feeds/ouch/message.ts'
import { OptionTag } from '../../../../feeds/ouch/option-layout.ts'
import { Request50 } from '../../../../feeds/ouch/request-layout-50.ts'
import { Response50 } from '../../../../feeds/ouch/response-layout-50.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../../../../feeds/ouch/versions.ts'
import { SequencedLog } from '../../../../feeds/soupbintcp/session/sequenced-log.ts'
import { SoupConnection } from '../../../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../../../feeds/soupbintcp/session/server-logins.ts'
import { SessionEvent } from '../../../../feeds/soupbintcp/session/session-counts.ts'
import { TcpState } from '../../../../kernels/host/tcp-connection.ts'
import type { ByteStream } from '../../../../kernels/io/entry/byte-stream.ts'

/** An order as the toy venue knows it. */
export interface ToyOrder {
  readonly key: string
  readonly token: string
  readonly userRef: number
  side: number
  price: number
  open: number
  executed: number
  /** Executed by it and by all that it replaced. */
  chainExecuted: number
}

/** One end of a wire in memory: what the gateway sends waits here until the venue looks. */
class ToyStream implements ByteStream {
  state: TcpState = TcpState.Connecting
  closeReason = ''
  readonly toVenue: number[] = []
  readonly toGateway: number[] = []
  isRefused = false
  /** The venue has ended the connection: so it is once all bytes before that are read. */
  isEnding = false

  poll(): TcpState {
    if (this.state === TcpState.Connecting) this.state = this.isRefused ? TcpState.Closed : TcpState.Open
    return this.state
  }

  receive(bytes: Uint8Array, at: number, length: number): number {
    if (at + length > bytes.length) throw new RangeError('received beyond the end of the buffer')
    if (this.isEnding && this.toGateway.length === 0) this.close()
    const taken = this.toGateway.splice(0, length)
    bytes.set(taken, at)
    return taken.length
  }

  send(bytes: Uint8Array, at: number, length: number): number {
    if (this.state !== TcpState.Open) return 0
    this.toVenue.push(...bytes.subarray(at, at + length))
    return length
  }

  close(): void {
    this.state = TcpState.Closed
    this.closeReason = 'closed'
  }
}

/**
 * A venue that takes orders by OUCH and matches nothing: its test fills and cancels as it likes. It passes over what a venue
 * passes over: requests for orders that are gone, and what was sent twice.
 * What waits to be answered is answered in its order, whatever connection it came by.
 */
export class ToyVenue {
  readonly version: OuchVersion
  readonly log = new SequencedLog(1 << 22, 100_000)
  logins: SoupLogins
  readonly orders = new Map<string, ToyOrder>()
  /** Requests heard, as letters. */
  readonly heard: string[] = []
  /** Whether new orders are answered at once, or wait for `answer`. */
  answersAtOnce = true
  isRefusing = false
  readonly waiting: OuchMessage[] = []
  #stream: ToyStream | undefined
  #connection: SoupConnection | undefined
  readonly #codecs
  #match = 0
  #reference = 0
  #nextUserRef = 1
  #nowNs = 0

  constructor(version: OuchVersion, password = 'secret') {
    this.version = version
    this.#codecs = createOuchCodecs(version)
    this.logins = new SoupLogins('TODAY', [{ username: 'firm', password, log: this.log }])
  }

  readonly connect = (): ByteStream => {
    this.#stream = new ToyStream()
    this.#stream.isRefused = this.isRefusing
    this.#connection = this.isRefusing ? undefined : new SoupConnection(this.logins)
    if (this.#connection !== undefined) {
      this.#connection.clock.nowNs[0] = this.#nowNs
      this.#connection.connected()
    }
    return this.#stream
  }

  /** The wire breaks, with all that is on it. */
  cut(): void {
    if (this.#stream !== undefined) {
      this.#stream.state = TcpState.Closed
      this.#stream.closeReason = 'ECONNRESET'
    }
    this.#stream = undefined
    this.#connection = undefined
  }

  /** Takes and sends at most so many bytes. */
  step(nowNs: number, bytesMost = 1 << 20): void {
    this.#nowNs = nowNs
    const stream = this.#stream
    const connection = this.#connection
    if (stream === undefined || connection === undefined || stream.state !== TcpState.Open) return
    connection.clock.nowNs[0] = nowNs
    const { receive, send } = connection
    const bytes = stream.toVenue.splice(0, Math.min(bytesMost, receive.makeRoom()))
    receive.bytes.set(bytes, receive.end)
    connection.arrived(bytes.length)
    for (let event = connection.next(); event !== SessionEvent.None; event = connection.next()) {
      if (event === SessionEvent.Message) this.#hear(connection)
    }
    // A heartbeat says that nothing waits.
    if (this.waiting.length === 0) connection.tick()
    connection.pump()
    const length = Math.min(bytesMost, send.waitingBytes)
    stream.toGateway.push(...send.bytes.subarray(send.start, send.start + length))
    send.sent(length)
    if (connection.isClosing && send.waitingBytes === 0) stream.isEnding = true
  }

  #hear(connection: SoupConnection): void {
    const message = new OuchMessage()
    const { bytes } = connection.receive
    const fault = this.#codecs.requests.decode(bytes, connection.messageAt, connection.messageLength, message)
    if (fault !== OuchFault.None) throw new Error(`the gateway sent what is no message: fault ${fault}`)
    this.heard.push(String.fromCharCode(message.type))
    const isQuery = message.type === Request50.AccountQuery && this.waiting.length === 0
    if (this.answersAtOnce || isQuery) this.#answer(message)
    else this.waiting.push(message)
  }

  /** Answers the oldest request that waits. */
  answer(reject = false): void {
    const message = this.waiting.shift()
    if (message !== undefined) this.#answer(message, reject)
  }

  #answer(message: OuchMessage, reject = false): void {
    if (message.type === Request50.EnterOrder) this.#enter(message, reject)
    else if (message.type === Request50.ReplaceOrder) this.#replace(message, reject)
    else if (message.type === Request50.AccountQuery) {
      this.#say(Response50.AccountState, (to) => {
        to.numbers[OuchField.NextUserRefNum] = this.#nextUserRef
      })
    } else if (message.type === Request50.ModifyOrder) {
      this.orders.get(this.#keyOf(message))!.side = message.numbers[OuchField.Side]!
    } else if (message.type === Request50.CancelOrder) {
      const order = this.orders.get(this.#keyOf(message))
      if (order !== undefined && order.open > 0) this.cancel(order, order.open, OuchCancelReason.Requested)
    }
  }

  #keyOf(message: OuchMessage): string {
    return this.version === OuchVersion.V42
      ? message.getText(OuchText.Token, 14)
      : String(message.numbers[OuchField.UserRefNum])
  }

  #isKnown(message: OuchMessage): boolean {
    if (this.version === OuchVersion.V42) return this.orders.has(this.#keyOf(message))
    const userRef = message.numbers[OuchField.UserRefNum]!
    if (userRef < this.#nextUserRef) return true
    this.#nextUserRef = userRef + 1
    return false
  }

  #enter(message: OuchMessage, reject: boolean): void {
    if (this.#isKnown(message)) return
    if (reject) this.#reject(message)
    else this.#accept(message, message.numbers[OuchField.Side]!, message.numbers[OuchField.Shares]!, 0)
  }

  #accept(message: OuchMessage, side: number, open: number, chainExecuted: number, replaced?: ToyOrder): ToyOrder {
    const { numbers } = message
    const order: ToyOrder = {
      key: this.#keyOf(message),
      token: message.getText(OuchText.Token, 14),
      userRef: numbers[OuchField.UserRefNum]!,
      side,
      price: numbers[OuchField.Price]!,
      open,
      executed: 0,
      chainExecuted,
    }
    this.orders.set(order.key, order)
    this.#reference++
    this.#say(replaced === undefined ? Response50.Accepted : Response50.Replaced, (to) => {
      to.numbers.set(numbers)
      to.text.set(message.text)
      to.numbers[OuchField.Side] = side
      to.numbers[OuchField.Shares] = open
      to.numbers[OuchField.OrderState] = 0x4c
      to.numbers[OuchField.ReferenceLow] = this.#reference
    })
    return order
  }

  #replace(message: OuchMessage, reject: boolean): void {
    const oldKey =
      this.version === OuchVersion.V42
        ? message.getText(OuchText.PreviousToken, 14)
        : String(message.numbers[OuchField.OriginalUserRefNum])
    const old = this.orders.get(oldKey)
    if (this.#isKnown(message) || old === undefined || old.open === 0) return
    if (reject) {
      this.#reject(message)
      return
    }
    const open = message.numbers[OuchField.Shares]! - old.chainExecuted
    if (open <= 0) {
      this.cancel(old, old.open, OuchCancelReason.Requested)
      return
    }
    old.open = 0
    const side = message.has(OptionTag.Side) ? message.numbers[OuchField.OptionSide]! : old.side
    this.#accept(message, side, open, old.chainExecuted, old)
  }

  #reject(message: OuchMessage): void {
    this.#say(Response50.Rejected, (to) => {
      to.numbers.set(message.numbers)
      to.text.set(message.text)
      to.numbers[OuchField.Reason] = this.version === OuchVersion.V42 ? Reject42.InvalidPrice : Reject50.InvalidPrice
    })
  }

  fill(order: ToyOrder, shares: number): void {
    const filled = Math.min(shares, order.open)
    if (filled === 0) return
    order.open -= filled
    order.executed += filled
    order.chainExecuted += filled
    this.#match++
    this.repeatFill(order, filled)
  }

  /** Tells a fill of a match that was: the latest one, if it is not said which. */
  repeatFill(order: ToyOrder, shares: number, match = this.#match): void {
    this.#say(Response50.Executed, (to) => {
      this.#name(to, order)
      to.numbers[OuchField.Shares] = shares
      to.numbers[OuchField.Price] = order.price
      to.numbers[OuchField.Liquidity] = OuchLiquidity.Added
      to.numbers[OuchField.MatchLow] = match
    })
  }

  cancel(order: ToyOrder, shares: number, reason: OuchCancelReason): void {
    order.open -= shares
    this.#say(Response50.Cancelled, (to) => {
      this.#name(to, order)
      to.numbers[OuchField.Shares] = shares
      to.numbers[OuchField.Reason] = reason
    })
  }

  /** Says something about an order that it should not say. */
  sayAgain(order: ToyOrder, type: number): void {
    this.#say(type, (to) => {
      this.#name(to, order)
      to.numbers[OuchField.Shares] = 1
      to.numbers[OuchField.Price] = order.price
    })
  }

  /** Bytes that are no message. */
  sayNonsense(): void {
    this.log.append(Buffer.from('?nonsense'), 0, 9)
  }

  #name(to: OuchMessage, order: ToyOrder): void {
    to.setText(OuchText.Token, 14, order.token)
    to.numbers[OuchField.UserRefNum] = order.userRef
  }

  #say(type: number, fill: (to: OuchMessage) => void): void {
    const message = new OuchMessage()
    message.begin(type)
    fill(message)
    message.type = type
    message.options = 0
    message.numbers[OuchField.Timestamp] = 34_200e9 + this.log.count
    const bytes = new Uint8Array(OUCH_BYTES_MAX)
    const length = this.#codecs.responses.encode(message, bytes, 0)
    if (length < 0 || !this.log.append(bytes, 0, length)) throw new Error('the toy venue could not answer')
  }
}

import { MoldRequest } from '../../feeds/moldudp64/request-layout.ts'
import { OuchSide } from '../../feeds/ouch/codes.ts'
import { OuchFault } from '../../feeds/ouch/faults.ts'
import { OUCH_SYMBOL_BYTES, OuchField, OuchMessage, OuchText, TOKEN_BYTES } from '../../feeds/ouch/message.ts'
import { Request42 } from '../../feeds/ouch/request-layout-42.ts'
import { createOuchCodecs, type OuchCodecs, OuchVersion } from '../../feeds/ouch/versions.ts'

/** One thing that a client has sent. */
export interface WireEvent {
  /** Whether it concerns an order: those are told without a gap. */
  readonly isOrder: boolean
  /** In words: `enter AAA buy 100 10.01`, `login 7`, `request 12 3`. */
  readonly text: string
}

/** Bound of what is written down. Policy: what comes beyond is counted only. */
const EVENTS_MAX = 100_000
/** What is none of an order: questions about the account, and the like. */
const QUERY = 'query'
const PRICE_UNITS = 10_000

/** What a venue's clients have sent, read from the bytes by themselves, in the order of arrival. */
export class WireLog {
  readonly events: WireEvent[] = []
  /** Events beyond the bound. */
  lost = 0
  readonly #codecs: Readonly<Record<OuchVersion, OuchCodecs>> = {
    [OuchVersion.V42]: createOuchCodecs(OuchVersion.V42),
    [OuchVersion.V50]: createOuchCodecs(OuchVersion.V50),
  }
  readonly #message = new OuchMessage()
  /** Symbol and side by the order's name. */
  readonly #orders = new Map<string, string>()

  /** @param sequence number of the first message that the client is sent */
  noteLogin(sequence: number): void {
    this.#note(false, `login ${sequence}`)
  }

  noteSnapshot(): void {
    this.#note(false, 'snapshot')
  }

  /** A request for messages of the feed, whether or not it is answered. */
  noteFeedRequest(bytes: Uint8Array): void {
    if (bytes.length !== MoldRequest.Bytes) {
      this.#note(false, 'request malformed')
      return
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const sequence = view.getBigUint64(MoldRequest.SequenceHigh)
    this.#note(false, `request ${sequence} ${view.getUint16(MoldRequest.Count)}`)
  }

  /** A message of order entry. @param isLost whether the venue does not take it */
  noteRequest(version: OuchVersion, bytes: Uint8Array, at: number, length: number, isLost: boolean): void {
    const message = this.#message
    const fault = this.#codecs[version].requests.decode(bytes, at, length, message)
    const words = fault === OuchFault.None ? this.#describe(version, message) : `malformed ${OuchFault[fault]}`
    this.#note(words !== QUERY, isLost ? `lost ${words}` : words)
  }

  #describe(version: OuchVersion, message: OuchMessage): string {
    const { numbers } = message
    const is42 = version === OuchVersion.V42
    const name = is42 ? message.getText(OuchText.Token, TOKEN_BYTES) : `${numbers[OuchField.UserRefNum]}`
    const previous = is42
      ? message.getText(OuchText.PreviousToken, TOKEN_BYTES)
      : `${numbers[OuchField.OriginalUserRefNum]}`
    const terms = `${numbers[OuchField.Shares]} ${formatWirePrice(numbers[OuchField.Price]!)}`
    switch (message.type) {
      case Request42.EnterOrder: {
        const side = numbers[OuchField.Side] === OuchSide.Buy ? 'buy' : 'sell'
        return `enter ${this.#name(name, `${message.getText(OuchText.Symbol, OUCH_SYMBOL_BYTES)} ${side}`)} ${terms}`
      }
      case Request42.ReplaceOrder:
        return `replace ${this.#name(name, this.#orders.get(previous) ?? 'unknown')} ${terms}`
      case Request42.CancelOrder:
        return `cancel ${this.#orders.get(name) ?? 'unknown'} ${numbers[OuchField.Shares]}`
      case Request42.ModifyOrder:
        return `modify ${this.#orders.get(name) ?? 'unknown'} ${numbers[OuchField.Shares]}`
      default:
        return QUERY
    }
  }

  #name(name: string, order: string): string {
    if (this.#orders.size < EVENTS_MAX) this.#orders.set(name, order)
    return order
  }

  #note(isOrder: boolean, text: string): void {
    if (this.events.length < EVENTS_MAX) this.events.push({ isOrder, text })
    else this.lost++
  }
}

/** A price of the wire as people write it: at least two decimals, no more than are needed. */
export function formatWirePrice(price: number): string {
  const text = (price / PRICE_UNITS).toFixed(4)
  return text.replace(/0{1,2}$/, '')
}

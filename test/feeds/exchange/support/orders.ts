import type { OuchUser } from '../../../../feeds/exchange/ouch-user.ts'
import { OuchField, OuchMessage, OuchText } from '../../../../feeds/ouch/message.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../../../../feeds/ouch/versions.ts'

export interface TestOrder {
  /** Token (4.2) or reference number (5.0), by the user's version. */
  readonly name: number
  readonly previous?: number
  readonly isBuy?: boolean
  readonly shares?: number
  readonly symbol?: string
  readonly price?: number
  readonly display?: string
  readonly timeInForce?: number
  readonly minimum?: number
  readonly cross?: string
}

/** A request as its client would write it. @param type O, U, X, M, … */
export function requestOf(version: OuchVersion, type: string, order: TestOrder): Uint8Array {
  const message = new OuchMessage()
  message.begin(type.charCodeAt(0))
  const is42 = version === OuchVersion.V42
  message.setText(OuchText.Token, 14, `T${order.name}`)
  message.setText(OuchText.PreviousToken, 14, `T${order.previous ?? 0}`)
  message.setText(OuchText.Symbol, 8, order.symbol ?? 'AAA')
  message.setText(OuchText.Firm, 4, 'FIRM')
  const day = is42 ? 99_999 : 0x30
  const numbers: readonly [OuchField, number][] = [
    [OuchField.UserRefNum, order.name],
    [OuchField.OriginalUserRefNum, order.previous ?? 0],
    [OuchField.Side, order.isBuy === false ? 0x53 : 0x42],
    [OuchField.Shares, order.shares ?? 100],
    [OuchField.Price, order.price ?? 1_000_000],
    [OuchField.TimeInForce, order.timeInForce ?? day],
    [OuchField.Display, (order.display ?? 'Y').charCodeAt(0)],
    [OuchField.Capacity, 0x50],
    [OuchField.Sweep, 0x4e],
    [OuchField.MinimumShares, order.minimum ?? 0],
    [OuchField.CrossType, (order.cross ?? 'N').charCodeAt(0)],
    [OuchField.CustomerType, 0x4e],
  ]
  for (const [field, value] of numbers) message.numbers[field] = value
  const bytes = new Uint8Array(OUCH_BYTES_MAX)
  const length = createOuchCodecs(version).requests.encode(message, bytes, 0)
  return bytes.slice(0, length)
}

/** One response: its letter and what there is of name, shares, price, reason or liquidity. */
export function describeResponse(version: OuchVersion, bytes: Uint8Array): string {
  const message = new OuchMessage()
  createOuchCodecs(version).responses.decode(bytes, 0, bytes.length, message)
  const { numbers } = message
  const type = String.fromCharCode(message.type)
  const name = version === OuchVersion.V42 ? message.getText(OuchText.Token, 14) : `T${numbers[OuchField.UserRefNum]}`
  const letter = (field: OuchField) => String.fromCharCode(numbers[field]!)
  switch (type) {
    case 'A':
    case 'U':
      return `${type} ${name} ${numbers[OuchField.Shares]} ${numbers[OuchField.Price]}`
    case 'E':
      return `E ${name} ${numbers[OuchField.Shares]} ${numbers[OuchField.Price]} ${letter(OuchField.Liquidity)}`
    case 'C':
      return `C ${name} ${numbers[OuchField.Shares]} ${letter(OuchField.Reason)}`
    case 'J':
      return version === OuchVersion.V42
        ? `J ${name} ${letter(OuchField.Reason)}`
        : `J ${name} ${numbers[OuchField.Reason]}`
    case 'M':
      return `M ${name} ${numbers[OuchField.Shares]}`
    default:
      return type
  }
}

/** All that a user was sent. */
export function responsesOf(user: OuchUser): string[] {
  return Array.from({ length: user.log.count }, (_, i) => {
    const start = user.log.startOf(i + 1)
    return describeResponse(user.options.version, user.log.bytes.subarray(start, start + user.log.lengthOf(i + 1)))
  })
}

import type { Exchange } from '../../feeds/exchange/exchange.ts'
import type { PortOrder } from '../../feeds/exchange/ouch-user.ts'
import { VenueOrderStage } from '../../feeds/exchange/venue-order.ts'
import { OuchSide } from '../../feeds/ouch/codes.ts'
import { OUCH_SYMBOL_BYTES, OuchField, OuchText, TOKEN_BYTES } from '../../feeds/ouch/message.ts'
import { OuchVersion } from '../../feeds/ouch/versions.ts'

/** One order of a user as the venue has recorded it; prices in 1/10,000. Field names are relied on by scripts. */
export interface VenueOrderFacts {
  readonly user: string
  /** OUCH 4.2: its token. OUCH 5.0: the client's own order id. */
  readonly token: string
  /** OUCH 5.0; 0 in OUCH 4.2. */
  readonly userRefNum: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  /** As entered: of a replacement the shares count what its chain has traded. */
  readonly price: number
  readonly shares: number
  readonly stage: keyof typeof VenueOrderStage
  /** As accepted: open shares and price; 0 where it was not. */
  readonly acceptedPrice: number
  readonly acceptedShares: number
  readonly executions: number
  readonly executedShares: number
  /** Sum of price × shares. */
  readonly executedValue: number
  readonly cancelledShares: number
  /** Letter of the latest reject or cancel; empty for none. */
  readonly reason: string
}

/** Every order of every user, in the order of entry. */
export function* listVenueOrders({ gateway }: Exchange): Generator<VenueOrderFacts> {
  for (const order of gateway.orders) if (order !== undefined) yield describeOrder(order)
}

function describeOrder({ user, entered, life }: PortOrder): VenueOrderFacts {
  const { numbers } = entered
  return {
    user: user.options.username,
    token: entered.getText(OuchText.Token, TOKEN_BYTES),
    userRefNum: user.options.version === OuchVersion.V50 ? numbers[OuchField.UserRefNum]! : 0,
    symbol: entered.getText(OuchText.Symbol, OUCH_SYMBOL_BYTES),
    side: numbers[OuchField.Side] === OuchSide.Buy ? 'buy' : 'sell',
    price: numbers[OuchField.Price]!,
    shares: numbers[OuchField.Shares]!,
    stage: VenueOrderStage[life.stage] as keyof typeof VenueOrderStage,
    acceptedPrice: life.acceptedPrice,
    acceptedShares: life.acceptedShares,
    executions: life.executions,
    executedShares: life.executedShares,
    executedValue: life.executedValue,
    cancelledShares: life.cancelledShares,
    reason: life.reason === 0 ? '' : String.fromCharCode(life.reason),
  }
}

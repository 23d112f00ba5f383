import { AuctionFact, EventWord, MatchEvent, type MatchListener } from '../../../feeds/matching/engine-codes.ts'
import type { MatchingEngine } from '../../../feeds/matching/matching-engine.ts'
import { OrderFlag } from '../../../feeds/matching/order-cell.ts'

const CROSS = new Map<number, string>([
  [OrderFlag.OpeningCross, 'O'],
  [OrderFlag.ClosingCross, 'C'],
  [OrderFlag.HaltCross, 'H'],
])

/** The engine's events as the lines that the naive engine writes; and where each order lies. */
export class TextLog implements MatchListener {
  readonly lines: string[] = []
  readonly slotOfTag = new Map<number, number>()
  engine!: MatchingEngine

  take(): void {
    const { event, auction } = this.engine
    const tag = event[EventWord.Tag]!
    const price = event[EventWord.Price]!
    const quantity = event[EventWord.Quantity]!
    const code = event[EventWord.Code]!
    const letter = String.fromCharCode(code)
    switch (event[EventWord.Type]) {
      case MatchEvent.Accepted:
        this.slotOfTag.set(tag, event[EventWord.Slot]!)
        this.lines.push(`accept ${tag} ${price} ${quantity}`)
        break
      case MatchEvent.Rejected:
        this.lines.push(`reject ${tag} ${letter}`)
        break
      case MatchEvent.Replaced:
        this.slotOfTag.set(tag, event[EventWord.Slot]!)
        this.lines.push(`replaced ${tag} ${price} ${quantity}`)
        break
      case MatchEvent.ReplaceRejected:
        this.lines.push(`refuse ${tag} ${letter}`)
        break
      case MatchEvent.Executed:
        this.lines.push(`exec ${tag} ${price} ${quantity} ${letter}`)
        break
      case MatchEvent.Cancelled:
        this.lines.push(`cancel ${tag} ${quantity} ${letter}`)
        break
      case MatchEvent.CrossPrinted:
        this.lines.push(`print ${CROSS.get(code)} ${auction[AuctionFact.Price]} ${auction[AuctionFact.Paired]}`)
        break
      case MatchEvent.Imbalance:
        this.lines.push(`imbalance ${CROSS.get(code)} ${[...auction].join(' ')}`)
        break
      default:
    }
  }
}

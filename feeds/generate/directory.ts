import type { Exchange } from './exchange.ts'
import { PARTICIPANTS } from './order-habits.ts'
import type { RandomStream } from './random.ts'

/** Sends what each symbol is and may do, and the market-wide circuit breaker levels; yields to have the chunk drained. */
export function* sendDirectory(exchange: Exchange, random: RandomStream, atNs: number): Generator<void, void> {
  const { writer, symbols } = exchange
  exchange.advanceTo(atNs)
  for (let symbol = 0; symbol < symbols.count; symbol++) {
    if (writer.isFull()) yield
    exchange.advanceTo(exchange.timeNs + 2_000 + random.bits(13))
    const isTierOne = random.bits(1) === 0
    writer.stockDirectory(symbol, isTierOne ? 'Q' : 'G', 100, isTierOne ? '1' : '2')
    writer.tradingAction(symbol, 'T', '    ')
    writer.regSho(symbol, random.bits(5) === 0 ? '1' : '0')
    const positions = random.bits(1) === 0 ? symbols.makers[symbol]! : 0
    for (let i = 0; i < positions; i++) {
      exchange.advanceTo(exchange.timeNs + random.bits(11))
      writer.marketParticipantPosition(symbol, PARTICIPANTS[(symbol + i) % PARTICIPANTS.length]!, i === 0)
    }
  }
  const index = (4_000 + random.bits(11)) * 100_000_000
  writer.mwcbLevels([index * 0.93, index * 0.87, index * 0.8].map(Math.floor) as [number, number, number])
}

import { expect, test } from 'vitest'
import { OuchSide } from '../../../feeds/ouch/codes.ts'
import { OuchField, OuchMessage } from '../../../feeds/ouch/message.ts'
import { OptionTag } from '../../../feeds/ouch/option-layout.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../../../feeds/ouch/versions.ts'
import { requestOf } from './support/orders.ts'
import { createSmallExchange } from './support/small-exchange.ts'

/** The requests of a user whose sales are marked, and the side that each answer names. */
function sidesOf(
  username: string,
  requests: readonly [type: string, name: number, previous: number, side: OuchSide][],
) {
  const exchange = createSmallExchange()
  exchange.advanceTo(34_200e9)
  exchange.listSymbol('AAA', 1)
  const user = exchange.users.get(username)!
  const { requests: encoder, responses } = createOuchCodecs(user.options.version)
  const message = new OuchMessage()
  for (const [type, name, previous, side] of requests) {
    const plain = requestOf(user.options.version, type, { name, previous, isBuy: false, price: 1_001_000 })
    encoder.decode(plain, 0, plain.length, message)
    message.numbers[OuchField.Side] = side
    if (type === 'U' && user.options.version === OuchVersion.V50) {
      message.numbers[OuchField.OptionSide] = side
      message.options |= 1 << OptionTag.Side
    }
    const bytes = new Uint8Array(OUCH_BYTES_MAX)
    exchange.takeRequest(user, bytes, 0, encoder.encode(message, bytes, 0))
  }
  return Array.from({ length: user.log.count }, (_, index) => {
    const at = user.log.startOf(index + 1)
    responses.decode(user.log.bytes, at, user.log.lengthOf(index + 1), message)
    return `${String.fromCharCode(message.type)} ${String.fromCharCode(message.numbers[OuchField.Side]!)}`
  })
}

test('OUCH 5.0: a short sale is taken and told as such, and a replacement changes its mark', () => {
  const told = sidesOf('new', [
    ['O', 1, 0, OuchSide.SellShort],
    ['U', 2, 1, OuchSide.Sell],
    ['U', 3, 2, OuchSide.SellShortExempt],
    ['U', 4, 3, OuchSide.Buy],
    ['M', 4, 0, OuchSide.Sell],
  ])
  expect(told).toEqual(['A T', 'U S', 'U E', 'U E', 'M S'])
})

test('OUCH 4.2: a short sale is taken and told as such, and a modification changes its mark', () => {
  const told = sidesOf('old', [
    ['O', 1, 0, OuchSide.SellShort],
    ['M', 1, 0, OuchSide.Sell],
    ['U', 2, 1, OuchSide.SellShort],
  ])
  expect(told.slice(0, 2)).toEqual(['A T', 'M S'])
  // In OUCH 4.2 a replacement names no side: that of its order stays.
  expect(told[2]).toBe('U S')
})

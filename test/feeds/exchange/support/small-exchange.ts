import { Exchange, type ExchangeOptions } from '../../../../feeds/exchange/exchange.ts'
import { FIRST_USER_ACCOUNT } from '../../../../feeds/exchange/recorded-flow.ts'
import { OuchVersion } from '../../../../feeds/ouch/versions.ts'

/** An exchange with two users of one firm and one of another. */
export function createSmallExchange(options: Partial<ExchangeOptions> = {}): Exchange {
  return new Exchange({
    seed: 1,
    session: 'TEST',
    ordersMax: 1 << 14,
    instrumentsMax: 256,
    accountsMax: 63,
    users: [
      { username: 'old', password: 'one', version: OuchVersion.V42, account: FIRST_USER_ACCOUNT, firm: 'AAAA' },
      { username: 'new', password: 'two', version: OuchVersion.V50, account: FIRST_USER_ACCOUNT, firm: 'AAAA' },
      { username: 'other', password: 'three', version: OuchVersion.V50, account: FIRST_USER_ACCOUNT + 1, firm: 'BBBB' },
    ],
    payloadBytesMax: 1400,
    keptBytesMax: 1 << 28,
    keptMessagesMax: 1 << 22,
    ...options,
  })
}

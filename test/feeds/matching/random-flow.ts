import { TestRandom } from '../../support/test-random.ts'
import type { Cross, NaiveRequest } from './naive-orders.ts'

/** Orders near one price, of all kinds, some of them senseless: what two engines are to agree on. */
export class RandomFlow {
  readonly random: TestRandom
  readonly instruments: number
  readonly accounts: number
  private tag = 0

  constructor(seed: number, instruments: number, accounts: number) {
    this.random = new TestRandom(seed)
    this.instruments = instruments
    this.accounts = accounts
  }

  chance(percent: number): boolean {
    return this.random.below(100) < percent
  }

  request(like?: NaiveRequest): NaiveRequest {
    const { random } = this
    const isBuy = random.below(2) === 0
    const hidden = like === undefined ? this.chance(20) : like.hidden
    const peg = like === undefined ? this.chance(12) : like.peg
    const cross: Cross | '' = like === undefined ? this.drawCross() : like.cross
    const quantity = 1 + random.below(this.chance(10) ? 40 : 12)
    const middle = 1_000_000
    const side = isBuy ? -1 : 1
    const price = middle + side * (random.below(9) - 3) * 100 + (hidden && this.chance(30) ? 50 : 0)
    const wantsMinimum = (hidden || peg) && this.chance(35)
    return {
      instrument: 1 + random.below(this.instruments),
      isBuy,
      price: this.chance(1) ? 0 : this.chance(1) ? price + 1 : price,
      quantity: this.chance(1) ? 0 : this.chance(0.5) ? 1_000_000 : quantity,
      minimum: wantsMinimum || this.chance(1) ? 1 + random.below(quantity) : 0,
      account: random.below(this.accounts),
      tag: ++this.tag,
      hidden,
      postOnly: this.chance(hidden || peg ? 2 : 12),
      peg,
      immediate: this.chance(8),
      market: this.chance(cross === '' ? 3 : 30),
      marketHours: this.chance(20),
      cross,
    }
  }

  private drawCross(): Cross | '' {
    if (!this.chance(6)) return ''
    return this.random.below(3) === 0 ? 'O' : this.random.below(2) === 0 ? 'C' : 'H'
  }
}

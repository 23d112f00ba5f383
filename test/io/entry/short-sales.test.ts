import { describe, expect, test } from 'vitest'
import { OuchSide } from '../../../feeds/ouch/codes.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { Side } from '../../../kernels/records/catalogue.ts'
import { EntryRig } from './support/entry-rig.ts'

/* Which sales are short is the gate's to say; here is what the venue gets to hear of it. */

function rigOf(version: OuchVersion): EntryRig {
  const rig = new EntryRig(version)
  rig.run(2000)
  expect(rig.gateway.isReady).toBe(true)
  return rig
}

/** Sides of the venue's orders, in the order in which it got them. */
function sidesAt(rig: EntryRig): OuchSide[] {
  return [...rig.venue.orders.values()].map(({ side }) => side)
}

describe.each([
  ['4.2', OuchVersion.V42],
  ['5.0', OuchVersion.V50],
])('OUCH %s', (_, version) => {
  test('sales leave as short or not, purchases as such', () => {
    const rig = rigOf(version)
    for (const [orderId, side, isShort] of [
      [1, Side.Buy, false],
      [2, Side.Sell, false],
      [3, Side.Sell, true],
    ] as const) {
      rig.gateway.isShortSale = isShort
      rig.order(orderId, 100, 102_500, 0, side)
    }
    rig.run(100)
    expect(sidesAt(rig)).toEqual([OuchSide.Buy, OuchSide.Sell, OuchSide.SellShort])
  })

  test('a replacement keeps the mark, and says so where it is another', () => {
    const rig = rigOf(version)
    rig.gateway.isShortSale = true
    rig.order(1, 100, 102_500, 0, Side.Sell)
    rig.run(100)
    rig.replace(1, 2, 200)
    rig.run(100)
    expect(rig.venue.heard.filter((letter) => letter === 'M')).toEqual([])
    expect(sidesAt(rig).at(-1)).toBe(OuchSide.SellShort)
    rig.gateway.isShortSale = false
    rig.replace(2, 3, 200)
    rig.run(100)
    expect(sidesAt(rig).at(-1)).toBe(OuchSide.Sell)
    rig.gateway.isShortSale = true
    rig.replace(3, 4, 200)
    rig.run(100)
    expect(sidesAt(rig).at(-1)).toBe(OuchSide.SellShort)
    expect(rig.story().slice(-3)).toEqual(['replaced 2', 'replaced 3', 'replaced 4'])
    const isModified = version === OuchVersion.V42
    expect(rig.venue.heard.filter((letter) => letter === 'M')).toEqual(isModified ? ['M', 'M'] : [])
  })
})

import { describe, expect, test } from 'vitest'
import { Executed50At } from '../../../feeds/ouch/response-layout-50.ts'
import { Held } from '../../../kernels/io/gate/exposure.ts'
import { HaltCause } from '../../../kernels/io/live/safeguards.ts'
import { BreakCause, CommandCode, RejectReason, SideMark } from '../../../kernels/records/catalogue.ts'
import { LiveRig, RIG_CONFIG } from './support/live-rig.ts'

const PLUGIN = new URL('plugins/bid-once.ts', import.meta.url).pathname
const SELLS_MORE = new URL('plugins/sells-more.ts', import.meta.url).pathname
const LOGIN = { server: '127.0.0.1:2', username: 'FIRM', password: 'copy' }
const HALTING = { dropCopy: { ...LOGIN, patienceMs: 50, onBreak: 'halt' } } as const
const REPORTING = { dropCopy: { ...LOGIN, patienceMs: 50, onBreak: 'report' } } as const

/** A rig whose strategy has an order in the market, with a drop copy. */
async function trading(config: typeof HALTING | typeof REPORTING = HALTING): Promise<LiveRig> {
  const rig = await LiveRig.create(PLUGIN, config)
  rig.run(50)
  rig.open()
  rig.run(20)
  expect(rig.venue.orders.size).toBe(1)
  return rig
}

function first(rig: LiveRig) {
  return rig.venue.orders.values().next().value!
}

const isExecution = (bytes: Buffer) => bytes[0] === 'E'.charCodeAt(0)
const quantityAt: number = Executed50At.Shares
const priceAt: number = Executed50At.Price

function altered(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt32BE(value, at)
  return copy
}

test('what is executed and repeated is no break, whoever tells it first', async () => {
  const rig = await trading()
  rig.venue.fill(first(rig), 40)
  rig.run(100)
  rig.copy.cut()
  rig.venue.fill(first(rig), 30)
  rig.run(100)
  rig.venue.cut()
  rig.venue.fill(first(rig), 30)
  rig.run(100)
  expect(rig.of('filled')).toHaveLength(3)
  expect(rig.of('executionBreak')).toEqual([])
  expect(rig.live.dropCopy!.check.matched).toBe(3)
  expect(rig.live.dropCopy!.link.connects).toBe(2)
  expect(rig.live.dropCopy!.isSettled).toBe(true)
})

/** Ways to falsify an execution of 40 at 100.00, and what is to be said of it. */
const FALSE_COPIES: readonly [string, (bytes: Buffer) => readonly Buffer[], Record<string, unknown>][] = [
  ['is not repeated', () => [], { cause: BreakCause.NotCopied, ownQuantity: 40, copyQuantity: 0, ownPrice: 1_000_000 }],
  ['is repeated twice', (bytes) => [bytes, bytes], { cause: BreakCause.CopiedTwice, copyQuantity: 40 }],
  [
    'is repeated with another quantity',
    (bytes) => [altered(bytes, quantityAt, 41)],
    { cause: BreakCause.QuantityDiffers, ownQuantity: 40, copyQuantity: 41 },
  ],
  [
    'is repeated with another price',
    (bytes) => [altered(bytes, priceAt + 4, 999_900)],
    { cause: BreakCause.PriceDiffers, ownPrice: 1_000_000, copyPrice: 999_900 },
  ],
]

describe('an execution that', () => {
  test.each(FALSE_COPIES)('%s halts trading and cancels what is live', async (_, tamper, facts) => {
    const rig = await trading()
    rig.copy.tamper = (bytes) => (isExecution(bytes) ? tamper(bytes) : [bytes])
    rig.venue.fill(first(rig), 40)
    rig.run(100)
    const expected = { orderId: 1, source: 1, instrument: 1, ownSide: SideMark.Buy, outboundSequence: 1, ...facts }
    expect(rig.of('executionBreak')).toMatchObject([expected])
    expect(rig.of('command')).toMatchObject([{ code: CommandCode.CancelAll, argument: HaltCause.DropCopyBreak }])
    expect(first(rig).open).toBe(0)
    rig.move(3, 'B', 1_001_000)
    rig.run(20)
    expect(rig.of('rejected').at(-1)).toMatchObject({ reason: RejectReason.KillSwitch, value: HaltCause.DropCopyBreak })
  })

  test.each(FALSE_COPIES)('%s is reported, where the policy is no more than that', async (_, tamper, facts) => {
    const rig = await trading(REPORTING)
    rig.copy.tamper = (bytes) => (isExecution(bytes) ? tamper(bytes) : [bytes])
    rig.venue.fill(first(rig), 40)
    rig.run(100)
    expect(rig.of('executionBreak')).toMatchObject([facts])
    expect(rig.of('command')).toEqual([])
    expect(first(rig).open).toBe(60)
  })

  test('order entry does not tell, or tells twice, is a break', async () => {
    const silent = await trading()
    const { log } = silent.venue
    const append = log.append.bind(log)
    log.append = (from, at, length) => {
      if (from[at] === 'E'.charCodeAt(0)) silent.copy.say(Buffer.from(from.slice(at, at + length)))
      return from[at] === 'E'.charCodeAt(0) || append(from, at, length)
    }
    silent.venue.fill(first(silent), 40)
    silent.run(100)
    expect(silent.of('executionBreak')).toMatchObject([
      { cause: BreakCause.NotTold, orderId: 1, ownQuantity: 0, copyQuantity: 40, copyPrice: 1_000_000 },
    ])

    const loud = await trading()
    const say = loud.venue.log.append.bind(loud.venue.log)
    loud.venue.log.append = (from, at, length) =>
      say(from, at, length) && (from[at] !== 'E'.charCodeAt(0) || say(from, at, length))
    let copies = 0
    loud.copy.tamper = (bytes) => (isExecution(bytes) && copies++ > 0 ? [] : [bytes])
    loud.venue.fill(first(loud), 40)
    loud.run(100)
    expect(loud.of('executionBreak')).toMatchObject([{ cause: BreakCause.ToldTwice, ownQuantity: 40, copyQuantity: 0 }])
    // It is one execution all the same.
    expect(loud.of('filled')).toHaveLength(1)
    const { exposure } = loud.live.gate.state
    expect(exposure.cells[exposure.at(1) + Held.Position]).toBe(40)
  })

  test('is of an order that nobody here sent is a break that names it', async () => {
    const rig = await trading()
    rig.copy.tamper = (bytes) => (isExecution(bytes) ? [bytes, altered(bytes, Executed50At.UserRefNum, 4711)] : [bytes])
    rig.venue.fill(first(rig), 40)
    rig.run(100)
    expect(rig.of('executionBreak')).toMatchObject([
      { cause: BreakCause.UnknownOrder, name: '4711', orderId: 0, copyQuantity: 40, copyPrice: 1_000_000 },
    ])
  })
})

test('an order that the venue has on the other side is a break before it is executed', async () => {
  const rig = await LiveRig.create(PLUGIN, HALTING)
  rig.copy.tamper = (bytes) => {
    const copy = Buffer.from(bytes)
    const at = copy.indexOf('BB') >= 0 ? -1 : copy.indexOf('B')
    if (copy[0] === 'A'.charCodeAt(0) && at > 0) copy[at] = 'S'.charCodeAt(0)
    return [copy]
  }
  rig.run(50)
  rig.open()
  rig.run(20)
  expect(rig.of('executionBreak')).toMatchObject([
    { cause: BreakCause.SideDiffers, ownSide: SideMark.Buy, copySide: SideMark.Sell, orderId: 1 },
  ])
  expect(first(rig).open).toBe(0)
})

test('a sale that is marked otherwise before the copy of its acceptance comes is no break', async () => {
  const entry = { ...RIG_CONFIG.entry, protocol: 'ouch42' } as const
  const rig = await LiveRig.create(SELLS_MORE, { ...HALTING, entry })
  rig.run(50)
  rig.open()
  rig.run(20)
  const held: Buffer[] = []
  rig.copy.tamper = (bytes) => {
    held.push(bytes)
    return []
  }
  rig.venue.fill(first(rig), 100)
  rig.run(20)
  expect(rig.venue.heard.slice(-3)).toEqual(['O', 'M', 'U'])
  rig.copy.tamper = (bytes) => [bytes]
  rig.copy.say(...held)
  rig.run(100)
  expect(rig.of('routed').map(({ flags }) => flags)).toEqual([0, 0, 256])
  expect(rig.of('executionBreak')).toEqual([])
  expect(rig.live.dropCopy!.check.matched).toBe(1)
})

test('a position of the gate that the executions do not make is a break', async () => {
  const rig = await trading()
  rig.venue.fill(first(rig), 40)
  rig.run(20)
  const { exposure } = rig.live.gate.state
  exposure.cells[exposure.at(1) + Held.Position]! += 7
  rig.venue.fill(first(rig), 10)
  rig.run(20)
  expect(rig.of('executionBreak')).toMatchObject([
    { cause: BreakCause.PositionDiffers, instrument: 1, ownQuantity: 57, copyQuantity: 50 },
  ])
})

test('nothing leaves before the drop copy is there; one that refuses the login is a break', async () => {
  const rig = await LiveRig.create(PLUGIN, HALTING)
  rig.copy.isRefusing = true
  rig.run(50)
  rig.open()
  rig.run(20)
  expect(rig.venue.orders.size).toBe(0)
  expect(rig.of('executionBreak')).toMatchObject([{ cause: BreakCause.CopyLost }])
  expect(rig.live.dropCopy!.brokenBy).toMatch(/rejects the login/)
})

test('at the end what has not come is a break, told before the session ends', async () => {
  const rig = await trading({ dropCopy: { ...HALTING.dropCopy, patienceMs: 50 } } as typeof HALTING)
  rig.copy.tamper = (bytes) => (isExecution(bytes) ? [] : [bytes])
  rig.venue.fill(first(rig), 100)
  rig.run(10)
  rig.live.kernel.endEarly()
  rig.run(100)
  expect(rig.live.kernel.isFinished).toBe(true)
  expect(
    rig
      .kinds()
      .filter((kind) => kind !== 'clock')
      .slice(-2),
  ).toContain('sessionEnd')
  expect(rig.of('executionBreak')).toMatchObject([{ cause: BreakCause.NotCopied }])
})

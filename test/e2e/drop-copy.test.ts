import { expect, test } from 'vitest'
import { Executed42At } from '../../feeds/ouch/response-layout-42.ts'
import { OuchVersion } from '../../feeds/ouch/versions.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { awaitIoCounter } from './support/io-counter.ts'
import { expectSameRerun, killKernel, waitForRequests } from './support/live-box.ts'
import { runXk } from './support/run-xk.ts'
import { folder, tamperExecutions, tradeWatched } from './support/watched-box.ts'

/* Order entry and the drop copy of a real venue over loopback: alike through deaths, and falsified on one of the two. */

const DEADLINE_MS = 180_000

test('what the drop copy repeats agrees, through a lost session and a dead kernel', {
  timeout: DEADLINE_MS,
}, async () => {
  const { result, code } = await tradeWatched({
    version: OuchVersion.V50,
    until: async (instance, venue) => {
      await awaitIoCounter(instance, 'requestsRouted', 30)
      venue.ports.disconnect('firm')
      await waitForRequests(instance, 20)
      await killKernel(instance, 'io')
      await waitForRequests(instance, 20)
      await awaitIoCounter(instance, 'fills', 1)
    },
  })
  expect(result.breaks).toEqual([])
  expect(result.fills).toBeGreaterThan(0)
  expect(result.live!.dropCopy).toMatchObject({ matched: result.fills, breaks: 0, brokenBy: '' })
  expect(code).toBe(ExitCode.Interrupted)
  await expectSameRerun(result)
})

test('a copy with another quantity halts trading, for a successor too', { timeout: DEADLINE_MS }, async () => {
  const { result, code } = await tradeWatched({
    version: OuchVersion.V42,
    before: (venue) =>
      tamperExecutions(venue.exchange.dropCopies.get('FIRM')!, (bytes, number) => {
        if (number === 1) bytes.writeUInt32BE(bytes.readUInt32BE(Executed42At.Shares) + 1, Executed42At.Shares)
        return [bytes]
      }),
    until: async (instance) => {
      await awaitIoCounter(instance, 'executionBreaks', 1)
      await killKernel(instance, 'io')
      await awaitIoCounter(instance, 'executionBreaks', 1)
    },
  })
  expect(code).toBe(ExitCode.Break)
  expect(result.exitCode).toBe(ExitCode.Break)
  const [found] = result.breaks
  expect(result.breaks).toHaveLength(1)
  expect(found).toMatchObject({ cause: 'quantityDiffers', copyQuantity: found!.ownQuantity + 1 })
  expect(found!.orderId).toBeGreaterThan(0)
  expect(found!.ownPrice).toBe(found!.copyPrice)
  expect(result.live).toMatchObject({ openOrders: 0, dropCopy: { breaks: 1 } })
  expect(result.live!.halts.dropCopyBreak).toBe(1)
  await expectSameRerun(result)
  const rows = await runXk(
    ['journal', 'query', 'SELECT cause, own_quantity, copy_quantity FROM breaks', '--json'],
    folder,
  )
  expect(rows.stdout, rows.stderr).toContain('"quantityDiffers"')
})

test('an execution told twice by order entry is reported, and trading goes on where the policy says so', {
  timeout: DEADLINE_MS,
}, async () => {
  const { result, code } = await tradeWatched({
    version: OuchVersion.V50,
    onBreak: 'report',
    before: (venue) =>
      tamperExecutions(venue.exchange.users.get('firm')!.log, (bytes, number) =>
        number === 1 ? [bytes, bytes] : [bytes],
      ),
    until: async (instance) => {
      await awaitIoCounter(instance, 'executionBreaks', 1)
      await waitForRequests(instance, 20)
    },
  })
  expect(code).toBe(ExitCode.Break)
  expect(result.breaks).toMatchObject([{ cause: 'toldTwice', copyQuantity: 0 }])
  expect(result.live!.entry.repeatedExecutions).toBe(1)
  expect(result.live!.halts.dropCopyBreak).toBeUndefined()
})

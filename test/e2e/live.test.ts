import { describe, expect, test } from 'vitest'
import { ioCounter } from './support/io-counter.ts'
import {
  expectSameLives,
  expectSameRerun,
  killKernel,
  resumedKernels,
  trade,
  waitForFill,
  waitForRequests,
  waitForSnapshot,
} from './support/live-box.ts'
import { killStrategy, waitForStandby } from './support/standby.ts'

/* The appliance trades with the exchange in a box over loopback: what the one has done is what the other knows. */

describe('a live session with the exchange in a box', () => {
  test('on lines that lose a tenth: positions are the venue’s, and a rerun decides the same', {
    timeout: 180_000,
  }, async () => {
    const faults = ['--fault', 'a.loss=0.1', '--fault', 'b.loss=0.1']
    const { result, venue } = await trade({ version: 50, faults, disturb: waitForFill })
    expectSameLives(result, venue)
    expect(result.live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    expect(result.live!.feed).toMatchObject({ gaps: 0, snapshots: 1 })
    expect(result.fills).toBeGreaterThan(0)
    // Loopback stamps what is received and what is sent: the orders that packets caused are measured.
    expect(result.live!.sendStamps.stamped).toBeGreaterThan(0)
    expect(result.latencyNs.packetToWire!.count).toBe(result.live!.sendStamps.stamped)
    expect(result.latencyNs.packetToWire!.p50).toBeGreaterThan(0)
    await expectSameRerun(result)
  })

  test('that cuts the connection, with a strategy kernel that is killed', { timeout: 180_000 }, async () => {
    const { result, venue } = await trade({
      version: 42,
      disturb: async (instance, box) => {
        box.obey('disconnect firm')
        await waitForRequests(instance, 20)
        await killKernel(instance, 'strategy')
        await waitForRequests(instance, 20)
      },
    })
    expectSameLives(result, venue)
    expect(result.live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    expect(result.live!.entry.connects).toBe(2)
    expect(result.live!.halts.strategySilent).toBeGreaterThanOrEqual(1)
    expect(result.kernels.find(({ name }) => name === 'strategy')?.restarts).toBe(1)
    expect(await resumedKernels(result.journal)).toEqual(['Strategy'])
    await expectSameRerun(result)
  })

  test('whose strategy kernel is killed, and then the standby that took over', { timeout: 180_000 }, async () => {
    const { result, venue } = await trade({
      version: 50,
      standby: 'on',
      disturb: async (instance) => {
        const first = await waitForStandby(instance)
        expect(await killStrategy(instance)).toBe(first)
        await waitForRequests(instance, 20)
        const second = await waitForStandby(instance, first)
        expect(await killStrategy(instance)).toBe(second)
        await waitForRequests(instance, 20)
      },
    })
    expectSameLives(result, venue)
    expect(result.live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    expect(result.standby).toMatchObject({ differences: 0, restartsNs: [] })
    expect(result.standby?.takeovers).toHaveLength(2)
    expect(await resumedKernels(result.journal)).toEqual(['Strategy', 'Strategy'])
    await expectSameRerun(result)
  })

  test('whose I/O kernel is killed, twice', { timeout: 180_000 }, async () => {
    const { result, venue } = await trade({
      version: 50,
      disturb: async (instance) => {
        await killKernel(instance, 'io')
        await waitForRequests(instance, 20)
        await killKernel(instance, 'io')
        await waitForRequests(instance, 20)
      },
    })
    expectSameLives(result, venue)
    expect(result.live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    expect(result.kernels.find(({ name }) => name === 'io')?.restarts).toBe(2)
    expect(await resumedKernels(result.journal)).toEqual(['Io', 'Io'])
    await expectSameRerun(result)
  })

  test('whose I/O kernel is killed again and again, and begins with a snapshot each time', {
    timeout: 180_000,
  }, async () => {
    const { result, venue } = await trade({
      version: 50,
      set: ['snapshots.everyRecords=500', 'snapshots.pauseMsMax=60000'],
      disturb: async (instance) => {
        for (let from = 0, deaths = 0; deaths < 3; deaths++) {
          await waitForSnapshot(instance)
          await killKernel(instance, 'io')
          await waitForRequests(instance, 20)
          const recoveredFrom = ioCounter(instance, 'recoveredFrom')
          expect(recoveredFrom).toBeGreaterThan(from)
          from = recoveredFrom
        }
      },
    })
    expectSameLives(result, venue)
    expect(result.live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    expect(result.kernels.find(({ name }) => name === 'io')?.restarts).toBe(3)
    expect(result.snapshots.io.taken).toBeGreaterThanOrEqual(3)
    expect(result.warnings.filter((line) => /passed over|given up|no more/.test(line))).toEqual([])
    await expectSameRerun(result)
  })
})

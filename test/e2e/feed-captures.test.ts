import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ReplayResult, RerunResult } from '../../appliance/run/types.ts'
import { findCaptures } from '../support/captures.ts'
import { createTempFolder, nextInstance, replayJson, runXk } from './support/run-xk.ts'

/* Whole sessions of feeds of levels through the three kernels: what decides is the same as with Nasdaq's orders. */

const folder = createTempFolder('feed-captures')
const captures = findCaptures()

/** Of the CME capture no instrument has a definition: the strategies are told a tick, and lots that the gate lets out. */
const FUTURES = ['size=5', 'tickSize=500000000'].flatMap((param) => ['--params', param])
const STRATEGIES = ['inventory-skew-maker', 'queue-imbalance-taker']
const CME = STRATEGIES.flatMap((name) => ['--strategy', name, ...FUTURES])

function digestsOf({ inbound, outbound }: ReplayResult | RerunResult): string {
  return `${inbound.records} ${inbound.digest} ${outbound.records} ${outbound.digest}`
}

describe.skipIf(captures === undefined)('captures of exchanges besides Nasdaq', () => {
  test.each([
    ['IEX DEEP, a whole day', ['iex', 'DEEP10.pcap.gz'], 391_999, 100, []],
    ['CME, lines A and B', ['cme-mdp3', 'mdp3_v8_AB_20160927.pcapng'], 5_299, 10, CME],
  ] as const)(
    '%s: both layouts and a rerun decide the same, and trade',
    { timeout: 300_000 },
    async (_, path, messages, fills, args) => {
      const file = join(captures!, ...path)
      const processes = await replayJson([file, ...args], folder)
      expect(processes.exitCode).toBe(0)
      expect(processes.input.messages).toBe(messages)
      expect(processes.fills).toBeGreaterThan(fills)
      expect(processes.journal.durable).toBe(processes.inbound.records)
      const inline = await replayJson([file, '--layout', 'inline', ...args], folder)
      expect(digestsOf(inline)).toBe(digestsOf(processes))
      const again = await runXk(
        ['rerun', processes.journal.path, '--json', '--layout', 'inline', '--instance', nextInstance()],
        folder,
      )
      expect(again.code, again.stderr).toBe(0)
      expect(digestsOf(JSON.parse(again.stdout) as RerunResult)).toBe(digestsOf(processes))
    },
  )
})

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HostClock } from '../../kernels/loop/host-clock.ts'
import { rehearsePlugins } from '../../kernels/rehearsal/rehearse-plugins.ts'
import { loadStrategies } from '../../kernels/strategy/assemble.ts'
import { bundleStrategy } from '../../kernels/strategy/bundle.ts'
import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import type { StrategyPlan } from '../../kernels/strategy/strategy-kernel.ts'
import { pluginSource } from './support/load-source.ts'
import { InboundScript, Rig } from './support/rig.ts'

/*
 * A rehearsal hands compiled code down to the session and nothing else: whatever a plugin keeps, the session begins with
 * what its module begins with.
 */

async function configOf(source: string): Promise<StrategyKernelConfig> {
  const path = join(mkdtempSync(join(tmpdir(), 'xk-rehearsal-')), 'plugin.ts')
  writeFileSync(path, source)
  return {
    bundles: [await bundleStrategy(path)],
    params: [{ symbols: 'ZZZZ' }],
    seed: 1,
    instrumentsMax: 64,
    bookOrdersMax: 1024,
    openOrdersMax: 64,
    stepBudget: 256,
    journalPath: '',
    snapshots: { everyRecords: 0, pauseMsMax: 50 },
    disabled: [],
  }
}

function startOf(plans: readonly StrategyPlan[]): string[] {
  const rig = new Rig([...plans])
  rig.run(new InboundScript().start())
  return rig.logs
}

/** @param callMsMax generous: a busy machine's clock goes on */
async function rehearseSource(source: string, callMsMax = 50_000) {
  const config = await configOf(source)
  const given = loadStrategies(config)
  const refusals: string[] = []
  const plans = rehearsePlugins(config, given, new HostClock(), (reason) => refusals.push(reason), {
    sessionsNsMax: 1e9,
    callMsMax,
  })
  return { isGiven: plans === given, refusals, logs: startOf(plans) }
}

const COUNTS = `
  onBook() { seen() },
  onStart(context) { context.log(LogLevel.Info, String(seen())) },`

describe('what a plugin keeps in a rehearsal stays there', () => {
  test('in variables of its module', { timeout: 60_000 }, async () => {
    const source = `let count = 0
const seen = () => count++
${pluginSource(COUNTS)}`
    expect(await rehearseSource(source)).toEqual({ isGiven: true, refusals: [], logs: ['0'] })
  })

  test.each([
    ['in its global object', 'globalThis.count = (globalThis.count ?? -1) + 1'],
    ['in what is built in', 'Array.prototype.count = (Array.prototype.count ?? -1) + 1'],
  ])('%s: it gets a fresh context', { timeout: 60_000 }, async (_, body) => {
    const source = `const seen = () => (${body})\n${pluginSource(COUNTS)}`
    const result = await rehearseSource(source)
    expect(result.isGiven).toBe(false)
    expect(result.refusals.join()).toMatch(/keeps something in its global object/)
    expect(result.logs).toEqual(['0'])
  })
})

test('a hook that never returns ends the rehearsal, and the session begins with a fresh context', {
  timeout: 60_000,
}, async () => {
  const body = 'onBook() { for (;;); }, onStart(context) { context.log(LogLevel.Info, "begun") },'
  const result = await rehearseSource(pluginSource(body), 1_500)
  expect(result.refusals.join()).toMatch(/timed out/)
  expect(result.logs).toEqual(['begun'])
})

test('a hook that throws is stopped in the rehearsal alone', { timeout: 60_000 }, async () => {
  const body = 'onBook() { throw new Error("no") }, onStart(context) { context.log(LogLevel.Info, "begun") },'
  expect(await rehearseSource(pluginSource(body))).toEqual({ isGiven: true, refusals: [], logs: ['begun'] })
})

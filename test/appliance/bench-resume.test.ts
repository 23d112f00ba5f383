import { expect, test } from 'vitest'
import { renderResumeBench } from '../../appliance/report/resume-bench-report.ts'
import { KillSchedule } from '../../appliance/run/kill-schedule.ts'
import {
  createHeapRegion,
  IO_COUNTERS,
  IoCounterSlot,
  STORAGE_COUNTERS,
  STRATEGY_COUNTERS,
  StrategyCounterSlot,
} from '../../kernels/loop/regions.ts'
import { formatCounters } from '../../kernels/region/counters.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import { runXk } from './run-xk.ts'

const RINGS = { inboundBytes: 1 << 16, outboundBytes: 1 << 16 }

/** Regions of three kernels that run, of processes 1, 2 and 3. */
function runningRegions() {
  const regions = {
    io: createHeapRegion('io', RINGS),
    strategy: createHeapRegion('strategy', RINGS),
    storage: createHeapRegion('storage', RINGS),
  }
  const counters = {
    io: formatCounters(regions.io.buffer, regions.io.offsetOf('counters'), IO_COUNTERS),
    strategy: formatCounters(regions.strategy.buffer, regions.strategy.offsetOf('counters'), STRATEGY_COUNTERS),
    storage: formatCounters(regions.storage.buffer, regions.storage.offsetOf('counters'), STORAGE_COUNTERS),
  }
  const begin = (kernel: keyof typeof regions, pid: number, state: RegionState) => {
    regions[kernel].claimOwnership({ pid, startTicks: 0, kernel, instance: 'test' })
    regions[kernel].state = state
  }
  begin('io', 1, RegionState.Running)
  begin('strategy', 2, RegionState.Running)
  begin('storage', 3, RegionState.Running)
  return { regions, counters, begin }
}

test('kernels die one after the other at each mark, the next once the one before is back', () => {
  const { regions, counters, begin } = runningRegions()
  const killed: number[] = []
  let nowNs = 0
  const kills = new KillSchedule(
    [100, 200],
    true,
    undefined,
    (pid) => killed.push(pid),
    () => nowNs,
  )
  kills.look({})
  kills.look(regions)
  expect(killed).toEqual([])
  counters.io[IoCounterSlot.inboundRecords] = 120
  kills.look(regions)
  expect(killed).toEqual([2])
  nowNs = 500
  kills.look(regions)
  begin('strategy', 20, RegionState.Preparing)
  kills.look(regions)
  expect(kills.rows).toEqual([])
  nowNs = 900
  counters.strategy[StrategyCounterSlot.recoveryNs] = 300
  counters.strategy[StrategyCounterSlot.recoveredFrom] = 80
  begin('strategy', 20, RegionState.Running)
  kills.look(regions)
  const row = { hasSnapshots: true, records: 120 }
  expect(kills.rows).toEqual([{ ...row, kernel: 'strategy', fromRecord: 80, recoveryNs: 300, resumedNs: 900 }])
  kills.look(regions)
  begin('io', 10, RegionState.Running)
  kills.look(regions)
  kills.look(regions)
  begin('storage', 30, RegionState.Running)
  kills.look(regions)
  kills.look(regions)
  expect(killed).toEqual([2, 1, 3])
  expect(kills.rows[2]).toEqual({ ...row, kernel: 'storage', fromRecord: null, recoveryNs: 0, resumedNs: 0 })
  counters.io[IoCounterSlot.inboundRecords] = 201
  kills.look(regions)
  expect(killed.at(-1)).toBe(20)
})

test('the table says what each kernel decided again, and whether the sessions agree', () => {
  const row = { hasSnapshots: false, records: 1_000, recoveryNs: 2e6, resumedNs: 3e6 }
  const lines = renderResumeBench({
    messages: 20_000,
    everyRecords: 1_000,
    rows: [
      { ...row, kernel: 'storage', fromRecord: null },
      { ...row, kernel: 'io', fromRecord: 0 },
      { ...row, kernel: 'strategy', fromRecord: 800, hasSnapshots: true },
    ],
    snapshots: {
      strategy: { taken: 3, bytes: 2048, pauseNsMax: 1e6 },
      io: { taken: 2, bytes: 4096, pauseNsMax: 2e6 },
    },
    isSame: false,
  })
  expect(lines.slice(2, 5).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['strategy', 'yes', '1,000', '800', '2.00 ms', '3.00 ms'],
    ['io', 'no', '1,000', 'the start', '2.00 ms', '3.00 ms'],
    ['storage', 'no', '1,000', '-', '2.00 ms', '3.00 ms'],
  ])
  expect(lines.at(-2)).toBe('  io: 2 snapshots of 4 KiB, a pause of 2.00 ms at most')
  expect(lines.at(-1)).toContain('THE TWO SESSIONS DECIDED OTHERWISE')
})

test('too short a session is refused', async () => {
  const { exitCode, stderr } = await runXk(['bench', 'resume', '--messages', '10'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('from 1000 to 100000000')
})

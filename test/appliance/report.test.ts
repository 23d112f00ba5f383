import { describe, expect, test } from 'vitest'
import { textColumns } from '../../appliance/cli/table.ts'
import { makePaint } from '../../appliance/cli/terminal.ts'
import { renderPathBench, renderRingBench } from '../../appliance/report/bench-report.ts'
import { renderReplayReport } from '../../appliance/report/replay-report.ts'
import { renderRerunReport } from '../../appliance/report/rerun-report.ts'
import type { ReplayResult, RerunResult } from '../../appliance/run/types.ts'
import { REPLAY_RESULT } from './fixtures/replay-result.ts'

const CWD = '/home/trader/crosskernel'
const plain = makePaint(false)

function widest(lines: readonly string[]): number {
  // The commands to try next must stay whole, or they could not be copied.
  return Math.max(...lines.filter((line) => !line.startsWith('  xk ')).map(textColumns))
}

describe('the report of a replay', () => {
  test('reads as it should be shown to a colleague', async () => {
    const text = `${renderReplayReport(REPLAY_RESULT, plain, CWD).join('\n')}\n`
    await expect(text).toMatchFileSnapshot('fixtures/replay-report.txt')
  })

  test('never passes 100 columns, whatever the size of its numbers and names', () => {
    const large: ReplayResult = {
      ...REPLAY_RESULT,
      orders: Number.MAX_SAFE_INTEGER,
      input: { ...REPLAY_RESULT.input, files: [`/${'long/'.repeat(40)}day.pcap`], undecoded: { 'unknown type Q': 3 } },
      rejectsByReason: Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [`gate a reason of some length ${i}`, i + 1]),
      ),
      strategies: REPLAY_RESULT.strategies.map((strategy) => ({
        ...strategy,
        name: 'a-strategy-with-quite-a-long-name-that-goes-on',
        turnover: 1e12,
        boughtQuantity: 1e9,
        soldQuantity: 1e9,
        stopped: { reason: 'threw TypeError: cannot read properties of undefined '.repeat(4), atSequence: 1e7 },
      })),
      kernels: REPLAY_RESULT.kernels.map((kernel) => ({ ...kernel, pid: 4_194_304, ending: 'killed '.repeat(20) })),
      warnings: ['w '.repeat(200)],
    }
    const lines = renderReplayReport(large, makePaint(true), CWD)
    expect(widest(lines)).toBeLessThanOrEqual(100)
    expect(lines.join('\n')).toMatch(/was stopped at inbound sequence 10,000,000:\s+threw TypeError/)
  })

  test('of a run without trades, times or strategies says so', () => {
    const empty: ReplayResult = {
      ...REPLAY_RESULT,
      speed: 10,
      layout: 'inline',
      ending: 'interrupted',
      input: { ...REPLAY_RESULT.input, files: ['a', 'b'], firstTimeNs: '34200000000000', lastTimeNs: '34200000000000' },
      inbound: { records: 0, digest: '0'.repeat(64) },
      strategies: [],
      positions: [],
      latencyNs: {},
      warnings: [],
      elapsedNs: 0,
      isLatencyComparable: true,
    }
    const text = renderReplayReport(empty, plain, CWD).join('\n')
    expect(text).toMatch(/^Replay of 2 files stopped by the user after 0 ns: one thread, speed × 10$/m)
    expect(text).toContain('nothing was traded')
    expect(text).toContain('nothing was measured')
    expect(text).toContain('from 09:30:00.000 of the day')
    expect(text).not.toContain('Warnings')
    expect(text).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('the report of a rerun', () => {
  const same: RerunResult = {
    journal: '/journals/main-0001',
    layout: 'inline',
    inbound: REPLAY_RESULT.inbound,
    outbound: REPLAY_RESULT.outbound,
    journaledOutbound: REPLAY_RESULT.outbound,
    isSame: true,
    firstDifference: null,
    kernels: [],
    ownJournal: null,
    elapsedNs: 1e9,
    warnings: [],
  }

  test('says that the decisions are the same', () => {
    expect(renderRerunReport(same, plain)[1]).toMatch(/^Same decisions/)
  })

  test('shows the first difference', () => {
    const text = 'newOrder '.repeat(30)
    const journaled = { sequence: 1_234, type: 64, source: 1, causeSequence: 9, text, fields: null }
    const detail = {
      stream: 'outbound' as const,
      sequence: 1_234,
      left: journaled,
      right: null,
      fields: [],
      cause: 'strategy 1 decided otherwise',
      causeSequence: 9,
      inbound: [],
    }
    const firstDifference = { outboundSequence: 1_234, journaled: text, rerun: null, detail }
    const lines = renderRerunReport({ ...same, isSame: false, firstDifference }, plain)
    expect(widest(lines)).toBeLessThanOrEqual(100)
    expect(lines.join('\n')).toMatch(/DIFFERENT[\s\S]*outbound sequence 1,234[\s\S]*no record/)
  })
})

test('the benches name what they measured', () => {
  const ring = renderRingBench({
    roundTripNs: 151,
    roundTripP99Ns: 402,
    bareRoundTripNs: 140,
    rounds: [],
    recordsPerSecond: 64_200_000,
    recordBytes: 64,
    repetitions: 7,
    cores: [0, 1],
  })
  expect(ring.join('\n')).toMatch(/151 ns at the median[\s\S]*64\.2 M\/s records of 64 bytes/)
  const latencyNs = { tickToOrder: REPLAY_RESULT.latencyNs['order to gate']! }
  const result = { latencyNs, records: 5, orders: 1, recordsPerSecond: 9, isLatencyComparable: false }
  expect(renderPathBench({ ...result, busyLatencyNs: null, busyRatios: null }).join('\n')).toMatch(/NOT COMPARABLE/)
  const busyRatios = { tickToOrder: { p50: 1.5, p99: 1, p999: 0.254 } }
  const busy = renderPathBench({ ...result, busyLatencyNs: latencyNs, busyRatios }).join('\n')
  expect(busy).toMatch(/hop +idle: p50 +p99 +p99\.9 +busy: p50 +p99 +p99\.9 +×: p50 +p99 +p99\.9\n/)
  expect(busy).toMatch(/\n {2}tickToOrder .* 1\.50 +1\.00 +0\.25\n/)
})

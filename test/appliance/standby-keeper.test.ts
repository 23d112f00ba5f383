import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makePaint } from '../../appliance/cli/terminal.ts'
import { renderReplayReport } from '../../appliance/report/replay-report.ts'
import { InstanceFolder } from '../../appliance/supervisor/instance-folder.ts'
import { type StandbyFacts, StandbyKeeper } from '../../appliance/supervisor/standby-keeper.ts'
import type { KernelLaunch } from '../../kernels/loop/launch.ts'
import { createHeapRegion } from '../../kernels/loop/regions.ts'
import type { StandbyConfig } from '../../kernels/strategy/standby/standby-config.ts'
import { REPLAY_RESULT } from './fixtures/replay-result.ts'

/* What the supervisor makes of a standby that gives up or dies; the processes are small scripts. */

const root = mkdtempSync(join(tmpdir(), 'xk-keeper-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const DIFFERS = {
  error: { code: 'standby-differs', what: 'it decides otherwise', where: 'outbound sequence 7', exitCode: 8 },
}
const LAUNCH = { kernel: 'standby', config: { strategy: { seed: 1 } } } as unknown as KernelLaunch<StandbyConfig>
const STRATEGY = { kernel: 'strategy', config: { seed: 1 } } as unknown as KernelLaunch<unknown>

function keep(name: string, script: string, prepareTimeoutMs = 60_000) {
  const path = join(root, `${name}.cjs`)
  writeFileSync(path, script)
  const folder = new InstanceFolder(name, root)
  folder.create()
  const warnings: string[] = []
  const exits = { count: 0 }
  const keeper = new StandbyKeeper({
    launch: LAUNCH,
    script: path,
    folder,
    own: createHeapRegion('supervisor', { inboundBytes: 1 << 16, outboundBytes: 1 << 16 }),
    heartbeatTimeoutMs: 60_000,
    prepareTimeoutMs,
    deathsMax: 2,
    onWarning: (line) => warnings.push(line),
    onExit: () => exits.count++,
  })
  keeper.start(STRATEGY)
  return { keeper, warnings, exits }
}

/** Looks until so many processes have ended and have been noticed. */
async function lookUntil(kept: ReturnType<typeof keep>, exits: number): Promise<void> {
  while (kept.exits.count < exits || kept.warnings.length < exits) {
    await kept.keeper.look(performance.now(), STRATEGY)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('one that decides otherwise is told with its difference, never takes over, and gets no successor', async () => {
  const kept = keep('unfit', `process.stderr.write(${JSON.stringify(JSON.stringify(DIFFERS))}); process.exit(8)`)
  await lookUntil(kept, 1)
  expect(kept.warnings).toEqual([expect.stringContaining('it decides otherwise (outbound sequence 7)')])
  expect(kept.keeper.whyNot).toBe('its standby is unfit')
  expect(kept.keeper.promote({ deathSeenNs: 1, disabled: undefined })).toBeUndefined()
  expect(kept.keeper.describe()).toMatchObject({ standing: 'unfit', started: 1, takeovers: [] })
  await kept.keeper.end()
})

test('one that is killed gets a successor, but not without end', async () => {
  const kept = keep('killed', `process.kill(process.pid, 'SIGKILL')`)
  await lookUntil(kept, 3)
  expect(kept.keeper.whyNot).toBe('its standby is gone')
  expect(kept.keeper.describe()).toMatchObject({ standing: 'lost', started: 3 })
  await kept.keeper.end()
})

test('one that hangs while it prepares is killed, and that counts as a death', async () => {
  const kept = keep('hung', 'setInterval(() => {}, 1000)', 20)
  await lookUntil(kept, 3)
  expect(kept.warnings.at(-1)).toMatch(/was killed by SIGKILL/)
  expect(kept.keeper.describe()).toMatchObject({ standing: 'lost', started: 3 })
  await kept.keeper.end()
})

test('one that gives up with an error of its own gets none: it would do so again', async () => {
  const kept = keep('broken', 'process.exit(1)')
  await lookUntil(kept, 1)
  expect(kept.keeper.describe()).toMatchObject({ standing: 'lost', started: 1 })
  await kept.keeper.end()
})

test('one that has only begun is not promoted, and is ended with the session', async () => {
  const { keeper, exits } = keep('begun', 'setInterval(() => {}, 1000)')
  expect(keeper.whyNot).toBe('its standby is behind')
  expect(keeper.promote({ deathSeenNs: 1, disabled: undefined })).toBeUndefined()
  await keeper.end()
  expect(exits.count).toBe(1)
  expect(keeper.describe()).toMatchObject({ standing: 'behind', started: 1 })
})

test('the report tells of it, within 100 columns', () => {
  const standby: StandbyFacts = {
    standing: 'level',
    started: 12,
    compared: 123_456_789,
    differences: 0,
    fromJournal: 4_000,
    takeovers: Array.from({ length: 11 }, (_, i) => ({ atRecord: 1_000_000 * i, takeoverNs: 1_234_567 * (i + 1) })),
    restartsNs: [3_400_000_000],
  }
  const text = (of: StandbyFacts) => renderReplayReport({ ...REPLAY_RESULT, standby: of }, makePaint(false), '/')
  const lines = text(standby)
  expect(Math.max(...lines.filter((line) => !line.startsWith('  xk ')).map((line) => line.length))).toBeLessThan(101)
  expect(lines.join('\n')).toContain(
    'standby    level with the strategy kernel (12 were started); 123,456,789 decisions',
  )
  expect(lines.join('\n')).toMatch(/takeovers {2}11: 1\.23 ms at 0, /)
  expect(lines.join('\n')).toContain('restarts   without it: 3.40 s')
  expect(text({ ...standby, standing: 'unfit', differences: 1 }).join('\n')).toMatch(/UNFIT.*1\s+DIFFERED/s)
})

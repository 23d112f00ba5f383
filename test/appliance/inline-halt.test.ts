import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveStrategies } from '../../appliance/config/bundled-strategies.ts'
import { readConfig } from '../../appliance/config/read-config.ts'
import { runInline } from '../../appliance/run/inline-run.ts'
import { createJournalFolder } from '../../appliance/run/run-folders.ts'
import { withSessionHash, writeSessionFile } from '../../appliance/run/session-file.ts'
import { planSession } from '../../appliance/run/session-plan.ts'
import { ClockLog } from '../../appliance/supervisor/clock-log.ts'
import { DiskGuard } from '../../appliance/supervisor/disk-guard.ts'
import { JournalWatch } from '../../appliance/supervisor/journal-watch.ts'
import { generateSession } from '../../feeds/generate/generate-session.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'

/* One thread has no supervisor: what the watch over the journal decides must be obeyed there, too. */

const folder = mkdtempSync(join(tmpdir(), 'xk-inline-halt-'))
const day = join(folder, 'day.itch')
const SMALL = { instrumentsMax: 16, bookOrdersMax: 4_096 }

beforeAll(async () => {
  const [startTimeNs, openTimeNs, closeTimeNs, endTimeNs] = [34_195e9, 34_200e9, 34_215e9, 34_220e9]
  const times = { startTimeNs, openTimeNs, closeTimeNs, endTimeNs }
  await generateSession({ seed: 3, symbols: 5, messages: 3_000, rawPath: day, ...times })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function runWatched(instance: string, stallMs: number, onStall: 'continue' | 'halt', freeBytes: number) {
  const given = readConfig(undefined, [], folder)
  const journal = { ...given.journal, folder, segmentBytes: 1 << 20 }
  const config = {
    ...given,
    speed: 'max' as const,
    feed: { ...given.feed, files: [day] },
    strategies: resolveStrategies([]),
    journal,
  }
  const planned = await planSession(config, createJournalFolder(folder, instance))
  const small = { ...planned, io: { ...planned.io, ...SMALL }, strategy: { ...planned.strategy, ...SMALL } }
  const session = withSessionHash(small)
  const { journalPath: path, durability } = session.storage
  writeSessionFile(path, session)
  const disk = new DiskGuard(path, { warnBytes: 0, haltBytes: 100 }, () => freeBytes, 0)
  const clocks = new ClockLog(path, 10_000, () => ({ monotonicNs: 0, unixSeconds: 0, unixNanoseconds: 0 }))
  const warnings: string[] = []
  const run = await runInline(session, {
    rings: { inboundBytes: 1 << 20, outboundBytes: 1 << 20 },
    signal: new AbortController().signal,
    onWarning: (line) => warnings.push(line),
    onTick: () => {},
    journal: new JournalWatch({ path, stallMs, onStall, durability }, disk, clocks),
  })
  return { run, warnings, facts: verifyStorage(new FileStorage(path)) }
}

test('a write that stands still is counted, or halts the session in order, by policy', {
  timeout: 60_000,
}, async () => {
  const calm = await runWatched('calm', 1e9, 'halt', 1e12)
  expect(calm.run.failure).toBeUndefined()
  expect(calm.run.stalls).toEqual({ count: 0, longestMs: 0 })
  // Every call takes longer than nothing.
  const counted = await runWatched('counted', 0, 'continue', 1e12)
  expect(counted.run.failure).toBeUndefined()
  expect(counted.run.stalls.count).toBeGreaterThan(10)
  expect(counted.facts.outbound).toEqual(calm.facts.outbound)
  const halted = await runWatched('halted', 0, 'halt', 1e12)
  expect(halted.run.failure).toMatchObject({ code: 'journal-stalled', exitCode: 4 })
  expect(halted.warnings.join('\n')).toMatch(/the storage kernel .* for \d+ ms: the session was halted in order/)
  expect(judge(halted.facts)).toBe('closed')
  expect(halted.facts.inbound.records).toBeLessThan(calm.facts.inbound.records)
})

test('a disk that fills up halts the session in order', { timeout: 60_000 }, async () => {
  const { run, facts } = await runWatched('full', 1e9, 'continue', 99)
  expect(run.failure).toMatchObject({ code: 'journal-disk-space', exitCode: 4 })
  expect(judge(facts)).toBe('closed')
  expect(run.strategy?.lastSequence).toBe(facts.inbound.records)
})

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runXk } from './run-xk.ts'

const folder = mkdtempSync(join(tmpdir(), 'xk-bench-feeds-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('xk bench feed', () => {
  test('measures ITCH, and the feeds of files beside it', { timeout: 60_000 }, async () => {
    const day = join(folder, 'day.itch')
    await runXk(['generate', '--seed', '3', '--symbols', '4', '--messages', '2000', '--raw', day])
    const run = await runXk(['bench', 'feed', day, '--messages', '1', '--json'])
    expect(run.stderr).toBe('')
    const { rows } = JSON.parse(run.stdout)
    expect(rows).toMatchObject([
      { feed: 'itch50', input: 'generated', decodeRatio: 1, bookRatio: 1 },
      { feed: 'itch50 file', input: 'day.itch' },
    ])
    for (const row of rows) {
      expect(row.decodeNsPerMessage).toBeGreaterThan(0)
      expect(row.records).toBeGreaterThan(row.messages / 2)
    }
  })

  test('says of a file that is none what it is', async () => {
    const run = await runXk(['bench', 'feed', join(folder, 'nowhere.pcap')])
    expect(run.exitCode).toBe(3)
    expect(run.stderr).toMatch(/nowhere\.pcap[\s\S]*next: /)
  })
})

describe('xk bench inspect', () => {
  test('inspects what it has written, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const settings = { env: { TMPDIR: folder } }
    const run = await runXk(['bench', 'inspect', '--megabytes', '20', '--repetitions', '1', '--json'], settings)
    expect(run.stderr).toBe('')
    const result = JSON.parse(run.stdout)
    expect(result.bytes).toBeGreaterThanOrEqual(20e6)
    expect(result.messages).toBeGreaterThan(result.packets)
    expect(result.packetsPerSecond).toBeGreaterThan(0)
    expect(readdirSync(folder).filter((name) => name.endsWith('.pcapng'))).toEqual([])
  })
})

describe('xk bench fuzz', () => {
  test('mutates one target, and tells how fast', { timeout: 60_000 }, async () => {
    const run = await runXk(['bench', 'fuzz', '--target', 'mdp3', 'pcap', '--mutations', '500', '--seed', '9'])
    expect(run.stderr).toBe('')
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(
      /Fuzzing of 2 targets: no fault[\s\S]*mdp3 +\d+ +[\d,]+ +500 [\s\S]*pcap +\d+ +[\d,]+ +500 /,
    )
  })

  test('knows its targets, and where an epoch begins', async () => {
    const unknown = await runXk(['bench', 'fuzz', '--target', 'nothing'])
    expect(unknown.exitCode).toBe(2)
    expect(unknown.stderr).toMatch(/"nothing" is no target[\s\S]*next: one of itch50, /)
    const crooked = await runXk(['bench', 'fuzz', '--from', '5'])
    expect(crooked.exitCode).toBe(2)
    expect(crooked.stderr).toMatch(/a multiple of 2000/)
  })
})

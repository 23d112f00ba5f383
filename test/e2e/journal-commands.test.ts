import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { createTempFolder, replayJson, runXk } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

const folder = createTempFolder('journal-commands')
let result: ReplayResult

beforeAll(async () => {
  const day = await writeSampleDay(folder, 8_000)
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(join(folder, 'desk.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(folder, 'desk.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  const settings = ['--set', 'journal.sealKey=desk.key', '--set', 'journal.segmentBytes=262144']
  result = await replayJson([day, ...settings], folder)
})

describe('xk journal', () => {
  test('verify proves the signatures of a session that was run with a key', { timeout: 60_000 }, async () => {
    const signed = await runXk(['journal', 'verify', result.journal.path, '--key', 'desk.pub'], folder)
    expect(signed).toMatchObject({ code: 0, stderr: '' })
    expect(signed.stdout).toMatch(/seals {5}(\d+) of \1 segments, \1 signed by [0-9a-f]{32}\n {10}last [0-9a-f]{64}\n/)
    const { publicKey } = generateKeyPairSync('ed25519')
    writeFileSync(join(folder, 'other.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
    const other = await runXk(['journal', 'verify', result.journal.path, '--key', 'other.pub'], folder)
    expect(other.code).toBe(8)
    expect(other.stdout).toContain('signed by another key')
  })

  test.each([
    ['dump', []],
    ['compress', []],
    ['repair', ['--to', 'nothing', '--yes']],
    ['at', []],
    ['export', ['out']],
    ['to-pcap', ['out.pcapng']],
  ])('%s of a folder without a journal is refused', { timeout: 30_000 }, async (command, more) => {
    const empty = join(folder, 'empty')
    mkdirSync(empty, { recursive: true })
    const at = command === 'at' ? ['09:31'] : []
    const run = await runXk(['journal', command, ...at, empty, ...more], folder)
    expect([run.code, run.stderr]).toEqual([3, expect.stringContaining('the folder holds no journal')])
  })

  test('compress makes it small; it verifies and reruns as before', { timeout: 90_000 }, async () => {
    const before = await runXk(['journal', 'verify', result.journal.path, '--json'], folder)
    const run = await runXk(['journal', 'compress', result.journal.path, '--json'], folder)
    const facts = JSON.parse(run.stdout) as { segments: number; contentBytes: number; compressedBytes: number }
    expect(facts.segments).toBeGreaterThan(1)
    expect(facts.compressedBytes).toBeLessThan(facts.contentBytes / 2)
    expect((await runXk(['journal', 'verify', result.journal.path, '--json'], folder)).stdout).toBe(before.stdout)
    const rerun = await runXk(['rerun', result.journal.path], folder)
    expect(rerun.code, rerun.stderr).toBe(0)
  })

  test('repair asks, then copies what verifies and says what is missing', { timeout: 60_000 }, async () => {
    const { path } = result.journal
    const whole = await runXk(['journal', 'repair', path, '--to', 'salvaged', '--yes'], folder)
    expect(whole.stdout).toContain('nothing to repair')
    const last = readdirSync(path)
      .filter((name) => name.endsWith('.xkj'))
      .sort()
      .at(-1)!
    const image = readFileSync(join(path, last))
    image[4096 + 200]! ^= 1
    writeFileSync(join(path, last), image)
    const asked = await runXk(['journal', 'repair', path, '--to', 'salvaged'], folder)
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('give --yes if you agree')
    expect(existsSync(join(folder, 'salvaged'))).toBe(false)
    const run = await runXk(['journal', 'repair', path, '--to', 'salvaged', '--yes'], folder)
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain(`${last} offset 4096`)
    const report = JSON.parse(readFileSync(join(folder, 'salvaged', 'repair.json'), 'utf8'))
    expect(report.damage[0]).toMatchObject({ file: last, offsetBytes: 4096 })
    expect(report.salvaged.inboundRecords).toBeGreaterThan(1000)
    expect(existsSync(join(folder, 'salvaged', 'session.json'))).toBe(true)
    expect((await runXk(['journal', 'verify', 'salvaged'], folder)).code).toBe(0)
    const again = await runXk(['journal', 'repair', path, '--to', 'salvaged', '--yes'], folder)
    expect(again.stderr).toContain('is not empty')
  })

  test('prune removes what is old enough, with consent alone', { timeout: 60_000 }, async () => {
    const { path } = result.journal
    const old = new Date('2020-01-01')
    for (const name of readdirSync(path)) utimesSync(join(path, name), old, old)
    const args = ['journal', 'prune', join(path, '..'), '--keep-days', '30']
    expect((await runXk(args, folder)).code).toBe(2)
    expect(existsSync(path)).toBe(true)
    const run = await runXk([...args, '--yes', '--json'], folder)
    expect(JSON.parse(run.stdout).removed).toEqual([path])
    expect(existsSync(path)).toBe(false)
  })
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'
import {
  createTempFolder,
  findKernelPid,
  nextInstance,
  replayJson,
  runXk,
  startXk,
  waitFor,
  waitForRecords,
  type XkRun,
} from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

const folder = createTempFolder('policies')
let day = ''
let undisturbed: ReplayResult

beforeAll(async () => {
  day = await writeSampleDay(folder)
  undisturbed = await replayJson([day, '--layout', 'inline'], folder)
})

function journalOf(instance: string): string {
  return join(folder, '.xk', 'journal', `${instance}-1`)
}

function errorOf(run: XkRun): { code: string; exitCode: number } | undefined {
  const parsed = JSON.parse(run.stdout) as { error?: { code: string; exitCode: number } }
  return parsed.error
}

test('under sync every order waits for the disk, and the decisions are the same', { timeout: 120_000 }, async () => {
  const small = await writeSampleDay(createTempFolder('policies-small'), 1_500)
  const expected = await replayJson([small, '--layout', 'inline', '--set', 'journal.durability=async'], folder)
  const result = await replayJson([small, '--set', 'journal.durability=sync'], folder)
  expect(result.outbound).toEqual(expected.outbound)
  expect(result.inbound).toEqual(expected.inbound)
  expect(result.journal.durable).toBe(result.inbound.records)
})

describe.each(['processes', 'inline'])('a disk with less free than journal.diskHaltBytes, layout %s', (layout) => {
  test('halts the session in order; what was captured is in a closed journal', { timeout: 60_000 }, async () => {
    const instance = nextInstance()
    const paced = ['--layout', layout, '--speed', '300']
    const limit = ['--set', 'journal.diskHaltBytes=8796093022208', '--set', 'journal.diskWarnBytes=8796093022208']
    const run = await runXk(['replay', day, '--json', '--instance', instance, ...paced, ...limit], folder)
    expect(run.stderr).toContain('the disk of the journal has')
    expect(run.code).toBe(4)
    const facts = verifyStorage(new FileStorage(journalOf(instance)))
    expect(judge(facts)).toBe('closed')
    expect(facts.inbound.records).toBeLessThan(undisturbed.inbound.records)
    expect(readFileSync(join(journalOf(instance), 'clock.csv'), 'utf8')).toMatch(/^monotonicNs,.*\n\d+,\d+,\d+,0\n/)
  })
})

describe('a storage kernel that stands still', () => {
  test('under onStall: halt ends the session in order', { timeout: 90_000 }, async () => {
    const instance = nextInstance()
    const args = ['replay', day, '--json', '--instance', instance, '--speed', '100']
    const policy = ['--set', 'journal.onStall=halt', '--set', 'journal.stallMs=2000']
    const { child, ended } = startXk([...args, ...policy, '--set', 'supervisor.heartbeatTimeoutMs=20000'], folder)
    let said = ''
    child.stderr!.on('data', (text: string) => {
      said += text
    })
    await waitForRecords(instance, 2_000)
    const pid = findKernelPid(instance, 'storage')!
    kill(pid, 'SIGSTOP')
    await waitFor('the halt', () => (said.includes('was halted in order') ? true : undefined))
    kill(pid, 'SIGCONT')
    const run = await ended
    expect(run.stderr).toMatch(/the storage kernel .* for \d+ ms: the session was halted in order/)
    expect(errorOf(run)?.exitCode ?? run.code).toBe(4)
    expect(run.code).toBe(4)
    expect(judge(verifyStorage(new FileStorage(journalOf(instance))))).toBe('closed')
  })
})

/** A file system of a few megabytes, or why there is none. */
function mountSmall(path: string): string | undefined {
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', path], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error)
  }
}

const small = join(folder, 'small')
const refusal = mountSmall(small)
if (refusal !== undefined)
  process.stdout.write(`no small file system can be mounted here, so no disk is filled: ${refusal}\n`)

afterAll(() => {
  if (refusal === undefined) execFileSync('umount', [small], { stdio: 'ignore' })
})

test.skipIf(refusal !== undefined).each(['processes', 'inline'])(
  'a write that the disk refuses ends the session, and what was durable stays, layout %s',
  {
    timeout: 60_000,
  },
  async (layout) => {
    const settings = ['--set', 'journal.segmentBytes=1048576', '--set', 'journal.diskHaltBytes=0', '--journal', small]
    const run = await runXk(['replay', day, '--layout', layout, '--instance', nextInstance(), ...settings], folder)
    expect(run.code).toBe(4)
    expect(run.stderr).toContain('ENOSPC')
    const journal = join(small, readdirSync(small)[0]!)
    const facts = verifyStorage(new FileStorage(journal))
    expect(facts.damage).toEqual([])
    expect(facts.inbound.records).toBeGreaterThan(5_000)
    rmSync(journal, { recursive: true })
  },
)

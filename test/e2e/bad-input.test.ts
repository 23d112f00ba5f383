import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { createTempFolder, nextInstance, replayJson, runXk, startXk, waitForRecords } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/* Whatever comes in: a clear message with its exit code, or a counted record; never a stack trace, a hang, or a journal that
 * does not verify. */

const SEED = Number(process.env.XK_SEED ?? 4711)
const folder = createTempFolder('bad-input')
let day = ''
let bytes: Buffer

beforeAll(async () => {
  day = await writeSampleDay(folder, 6_000)
  bytes = readFileSync(day)
})

function writeFile(name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function expectSound(result: ReplayResult): Promise<void> {
  expect(result.ending).toBe('finished')
  const verified = await runXk(['journal', 'verify', result.journal.path, '--json'], folder)
  expect(verified.code).toBe(0)
}

describe('captures', () => {
  test.each([
    ['missing', () => join(folder, 'nowhere.itch'), 3],
    ['empty', () => writeFile('empty.itch', ''), 3],
    ['of no known kind', () => writeFile('letter.pcap', 'Dear Sir or Madam, please find enclosed'), 3],
    ['a folder', () => folder, 3],
  ])('%s: one message, exit code', async (_, path, code) => {
    const run = await runXk(['replay', path(), '--layout', 'inline', '--instance', nextInstance()], folder)
    expect(run.code).toBe(code)
    expect(run.stderr).toMatch(/^xk: .+/)
    expect(run.stderr).not.toMatch(/\n\s+at /)
  })

  test('cut in the middle of a message: what was there is used, the rest is counted', async () => {
    const path = writeFile('cut.itch', bytes.subarray(0, bytes.length - 7))
    const result = await replayJson([path, '--layout', 'inline'], folder)
    await expectSound(result)
    expect(result.input.messages).toBeGreaterThan(5_900)
  })

  test('with flipped bits: counted, decided, journaled', { timeout: 60_000 }, async () => {
    let state = SEED
    for (let round = 0; round < 4; round++) {
      const mutated = Buffer.from(bytes)
      for (let flip = 0; flip < 60; flip++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        mutated[state % mutated.length]! ^= 1 << (state >>> 29)
      }
      const path = writeFile(`flipped-${round}.itch`, mutated)
      const result = await replayJson([path, '--layout', 'inline'], folder)
      await expectSound(result)
    }
  })
})

describe('configuration', () => {
  test('a wrong value is named with file, line and what is allowed', async () => {
    const path = writeFile('wrong.yaml', 'layout: processes\ngate:\n  maxQuantity: lots\n')
    const run = await runXk(['replay', day, '-c', path], folder)
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/wrong\.yaml:3/)
    expect(run.stderr).toContain('maxQuantity')
  })

  test('a misspelt key is told its neighbour', async () => {
    const run = await runXk(['replay', day, '--set', 'venue.feedLatencyNS=3'], folder)
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('feedLatencyNs')
  })
})

test('a live instance of the same name is named, not touched', { timeout: 60_000 }, async () => {
  const instance = nextInstance()
  const first = startXk(['replay', day, '--json', '--instance', instance, '--speed', '60'], folder)
  await waitForRecords(instance, 10)
  const second = await runXk(['replay', day, '--instance', instance], folder)
  expect(second.code).toBe(5)
  expect(second.stderr).toMatch(/live|owns/)
  const cleaned = await runXk(['regions', '--clean', '--json'], folder)
  expect(cleaned.code).toBe(0)
  first.child.kill('SIGINT')
  const run = await first.ended
  expect(run.code).toBe(130)
})

test('rings that do not fit the shared memory: how much was needed and where', async () => {
  const huge = ['--set', 'rings.inboundBytes=1 GiB', '--set', 'rings.outboundBytes=1 GiB']
  const run = await runXk(['replay', day, '--instance', nextInstance(), ...huge], folder)
  // Where there is that much memory the run simply works.
  if (run.code !== 0) {
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(/bytes/)
  }
})

test('a journal folder that cannot be written', async () => {
  const path = join(folder, 'readonly')
  mkdirSync(path)
  writeFileSync(join(path, 'file'), '')
  const run = await runXk(['replay', day, '--layout', 'inline', '--journal', join(path, 'file')], folder)
  expect(run.code).toBeGreaterThan(0)
  expect(run.stderr).toMatch(/^xk: /)
  expect(run.stderr).not.toMatch(/\n\s+at /)
})

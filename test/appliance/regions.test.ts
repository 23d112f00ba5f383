import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FLIGHT_RECORDER_BYTES, FlightRecorder } from '../../kernels/region/flight-recorder.ts'
import { planRegion } from '../../kernels/region/layout.ts'
import type { Region } from '../../kernels/region/region.ts'
import { closeRegion, createOwnedRegion } from '../../kernels/region/shared.ts'
import { runXk } from './run-xk.ts'

/* What the list and the removal do is proven in test/region/residue.test.ts; here is what the command shows of it. */

const PLAN = planRegion([{ name: 'flight', bytes: FLIGHT_RECORDER_BYTES }])
let root = ''
let alive: Region

function makeRegion(instance: string, kernel: string): Region {
  mkdirSync(join(root, `xk-${instance}`), { recursive: true })
  return createOwnedRegion(join(root, `xk-${instance}`, `${kernel}.region`), PLAN, { kernel, instance })
}

beforeAll(() => {
  root = mkdtempSync('/dev/shm/regions-test-')
  alive = makeRegion('alive', 'io')
  const dead = makeRegion('dead', 'strategy')
  new FlightRecorder(dead.buffer, dead.offsetOf('flight'), () => 5).note(2, 'loop begins')
  closeRegion(dead)
})
afterAll(() => {
  closeRegion(alive)
  rmSync(root, { recursive: true, force: true })
})

test('the table tells the living from the dead, and what the dead said last', async () => {
  const run = await runXk(['regions', '--root', root])
  expect(run.exitCode).toBe(0)
  expect(run.stdout).toMatch(/^alive +io +\d+ +yes/m)
  expect(run.stdout).toMatch(/^dead +strategy +\d+ +no/m)
  expect(run.stdout).toContain('last words of dead strategy: loop begins')
  expect(run.stdout).toContain('xk regions --clean')
})

test('--clean removes the dead, never touches the living, and prints both as JSON', async () => {
  mkdirSync(join(root, 'xk-mixed'))
  writeFileSync(join(root, 'xk-mixed', 'notes.txt'), 'mine')
  const run = await runXk(['regions', '--clean', '--json', '--root', root])
  expect(run.exitCode).toBe(0)
  const result = JSON.parse(run.stdout)
  expect(result.removed).toEqual([join(root, 'xk-dead')])
  expect(result.instances.map(({ instance }: { instance: string }) => instance)).toEqual(['alive', 'mixed'])
  expect(existsSync(join(root, 'xk-alive', 'io.region'))).toBe(true)
  expect(existsSync(join(root, 'xk-mixed', 'notes.txt'))).toBe(true)
})

test('a folder that is not there holds no instances', async () => {
  const run = await runXk(['regions', '--root', join(root, 'none')])
  expect(run.stdout).toContain('no instances in')
})

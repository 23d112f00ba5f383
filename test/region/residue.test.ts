import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { FLIGHT_RECORDER_BYTES, FlightRecorder } from '../../kernels/region/flight-recorder.ts'
import { FAULT_SLOT_AT, planRegion, RegionState } from '../../kernels/region/layout.ts'
import type { Region } from '../../kernels/region/region.ts'
import { cleanRegions, listRegions } from '../../kernels/region/residue.ts'
import { closeRegion, createOwnedRegion } from '../../kernels/region/shared.ts'

const PLAN = planRegion([{ name: 'flight', bytes: FLIGHT_RECORDER_BYTES }])
const roots: string[] = []
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true })
})

function makeRoot(): string {
  const root = mkdtempSync('/dev/shm/test-residue-')
  roots.push(root)
  return root
}

function makeRegion(root: string, instance: string, kernel: string): Region {
  mkdirSync(join(root, `xk-${instance}`), { recursive: true })
  return createOwnedRegion(join(root, `xk-${instance}`, `${kernel}.region`), PLAN, { kernel, instance })
}

test('The list tells owners, epochs, states, heartbeats and last words', () => {
  const root = makeRoot()
  const live = makeRegion(root, 'live', 'io')
  live.state = RegionState.Running
  live.beat()
  new FlightRecorder(live.buffer, live.offsetOf('flight'), () => 5).note(3, 'loop begins')
  closeRegion(makeRegion(root, 'dead', 'strategy'))
  closeRegion(makeRegion(root, 'dead', 'strategy'))
  const [dead, alive, ...others] = listRegions(root)
  expect(others).toEqual([])
  expect(dead).toMatchObject({ instance: 'dead', isLive: false, bytes: PLAN.bytes })
  expect(dead!.regions[0]).toMatchObject({ kernel: 'strategy', isLive: false, problem: null })
  expect(dead!.regions[0]!.box).toMatchObject({ epoch: 2, ownerPid: process.pid, flight: [], fault: null })
  expect(alive!.regions[0]!.box).toMatchObject({
    state: 'Running',
    heartbeat: 1,
    flight: [{ timeNs: 5, code: 3, text: 'loop begins' }],
  })
  closeRegion(live)
})

test('A fault is shown with the kernel in whose region it happened', () => {
  const root = makeRoot()
  const io = makeRegion(root, 'crashed', 'io')
  const slot = new DataView(io.buffer as ArrayBuffer, FAULT_SLOT_AT)
  // As the fault handler lays it out (kernels/host/fault.ts).
  slot.setUint32(0, 0x544c4658, true)
  slot.setInt32(4, 11, true)
  slot.setInt32(8, 2, true)
  slot.setBigUint64(24, 4160n, true)
  const strategyPath = join(root, 'xk-crashed', 'strategy.region')
  closeRegion(makeRegion(root, 'crashed', 'strategy'))
  slot.setBigUint64(32, BigInt(statSync(strategyPath).ino), true)
  closeRegion(io)
  const box = listRegions(root)[0]!.regions.find(({ kernel }) => kernel === 'io')!.box!
  expect(box.fault).toMatchObject({ signal: 'SIGSEGV', region: 'strategy', offsetBytes: 4160 })
})

test('What is broken is listed with its problem, and other folders are not', () => {
  const root = makeRoot()
  mkdirSync(join(root, 'xk-broken'))
  writeFileSync(join(root, 'xk-broken', 'io.region'), 'x'.repeat(8192))
  writeFileSync(join(root, 'xk-broken', 'storage.region'), '')
  mkdirSync(join(root, 'other'))
  const [broken, ...others] = listRegions(root)
  expect(others).toEqual([])
  expect(broken!.regions.map(({ box }) => box)).toEqual([null, null])
  expect(broken!.regions[0]!.problem).toMatch(/magic/)
  expect(listRegions(join(root, 'nowhere'))).toEqual([])
})

test('Only instances without any live owner are removed', () => {
  const root = makeRoot()
  closeRegion(makeRegion(root, 'dead', 'supervisor'))
  closeRegion(makeRegion(root, 'dead', 'io'))
  writeFileSync(join(root, 'xk-dead', 'io.launch.json'), '{}')
  mkdirSync(join(root, 'xk-empty'))
  closeRegion(makeRegion(root, 'half', 'io'))
  const live = makeRegion(root, 'half', 'strategy')
  const removed = cleanRegions(listRegions(root))
  expect(removed.map(({ instance }) => instance)).toEqual(['dead', 'empty'])
  expect(existsSync(join(root, 'xk-dead'))).toBe(false)
  expect(existsSync(join(root, 'xk-half', 'io.region'))).toBe(true)
  closeRegion(live)
})

test('An owner that starts between the look and the removal keeps everything', () => {
  const root = makeRoot()
  closeRegion(makeRegion(root, 'restarted', 'io'))
  closeRegion(makeRegion(root, 'restarted', 'strategy'))
  const instances = listRegions(root)
  const live = makeRegion(root, 'restarted', 'strategy')
  expect(cleanRegions(instances)).toEqual([])
  expect(existsSync(join(root, 'xk-restarted', 'io.region'))).toBe(true)
  closeRegion(live)
  expect(cleanRegions(listRegions(root)).length).toBe(1)
})

test('A folder that holds anything else is left alone', () => {
  const root = makeRoot()
  closeRegion(makeRegion(root, 'odd', 'io'))
  writeFileSync(join(root, 'xk-odd', 'notes.txt'), 'mine')
  expect(cleanRegions(listRegions(root))).toEqual([])
  expect(existsSync(join(root, 'xk-odd', 'io.region'))).toBe(true)
})

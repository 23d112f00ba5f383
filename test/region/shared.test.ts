import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { HostError } from '../../kernels/host/errors.ts'
import { mapOwnedRegion, unmapRegion } from '../../kernels/host/memory.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { RegionLayoutError, RegionOwnedError } from '../../kernels/region/errors.ts'
import { planRegion, RegionHeader, RegionState } from '../../kernels/region/layout.ts'
import { closeRegion, createOwnedRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'

const folder = mkdtempSync('/dev/shm/xk-test-shared-')
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const place = (name: string) => join(folder, `${name}.region`)

const PLAN = planRegion([
  { name: 'bell', bytes: 64 },
  { name: 'words', bytes: 4096 },
])
const NAME = { kernel: 'io', instance: 'paper' }

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

test('A region is created, seen by others read-only, and outlives its owner', () => {
  const own = createOwnedRegion(place('io'), PLAN, NAME)
  expect(own).toMatchObject({ epoch: 1, ownerPid: process.pid, kernel: 'io', instance: 'paper' })
  expect(own.ownerStartTicks).toBeGreaterThan(0)
  own.viewWords('words')[7] = 42
  const other = openReadOnlyRegion(place('io'))
  expect(other.viewWords('words')[7]).toBe(42)
  closeRegion(own)
  expect(other.viewWords('words')[7]).toBe(42)
  closeRegion(other)
  expect(() => closeRegion(other)).toThrow(RangeError)
})

test('A live owner is named with pid, kernel, instance and what to do', () => {
  const own = createOwnedRegion(place('live'), PLAN, NAME)
  for (const takeOver of [true, false]) {
    const error = thrownBy(() => createOwnedRegion(place('live'), PLAN, NAME, { takeOver })) as RegionOwnedError
    expect(error).toBeInstanceOf(RegionOwnedError)
    expect(error.message).toContain(
      `the io kernel of the live instance "paper" owns this region (process ${process.pid})`,
    )
    expect(error).toMatchObject({ exitCode: ExitCode.Busy, where: place('live'), ownerPid: process.pid })
    expect(error.next).toContain('--instance')
  }
  closeRegion(own)
})

test('An owner that has not written its header yet is reported as starting', () => {
  const starting = mapOwnedRegion(place('starting'), PLAN.bytes)
  expect(() => createOwnedRegion(place('starting'), PLAN, NAME)).toThrow(/just starting/)
  unmapRegion(starting)
})

test('A dead owner’s region is taken over with its content, at the next epoch', () => {
  const dead = createOwnedRegion(place('dead'), PLAN, NAME)
  dead.viewWords('words')[0] = 77
  dead.state = RegionState.Running
  closeRegion(dead)
  const heir = createOwnedRegion(place('dead'), PLAN, NAME)
  expect(heir).toMatchObject({ epoch: 2, state: RegionState.Creating, ownerPid: process.pid })
  expect(heir.viewWords('words')[0]).toBe(77)
  closeRegion(heir)
})

test('Without leave to take over, a dead owner’s region is an error and stays as it is', () => {
  closeRegion(createOwnedRegion(place('kept'), PLAN, NAME))
  const error = thrownBy(() => createOwnedRegion(place('kept'), PLAN, NAME, { takeOver: false })) as HostError
  expect(error).toBeInstanceOf(HostError)
  expect(error.errno).toBe('EEXIST')
  const left = openReadOnlyRegion(place('kept'))
  expect(left.epoch).toBe(1)
  closeRegion(left)
})

test('Another layout, size or version of a dead owner is an error that says who left it and how to clean', () => {
  const others = {
    sections: planRegion([
      { name: 'bell', bytes: 64 },
      { name: 'other', bytes: 4096 },
    ]),
    sizes: planRegion([{ name: 'bell', bytes: 65536 }]),
  }
  for (const [name, plan] of Object.entries(others)) {
    closeRegion(createOwnedRegion(place(name), plan, NAME))
    const error = thrownBy(() => createOwnedRegion(place(name), PLAN, NAME)) as RegionLayoutError
    expect(error).toBeInstanceOf(RegionLayoutError)
    expect(error.message).toContain(`the dead process ${process.pid} (io kernel of "paper") left it with`)
    expect(error.message).toContain('xk regions --clean')
    // The refusal leaves it free for the owner that fits.
    closeRegion(createOwnedRegion(place(name), plan, NAME))
  }
  const old = createOwnedRegion(place('version'), PLAN, NAME)
  new Int32Array(old.buffer)[RegionHeader.LayoutVersion >> 2] = 9
  closeRegion(old)
  expect(() => createOwnedRegion(place('version'), PLAN, NAME)).toThrow(/layout is version 9/)
})

test('A region whose first owner died before writing its header is begun anew', () => {
  const dead = mapOwnedRegion(place('half'), PLAN.bytes)
  new Int32Array(dead.buffer).fill(0x55, RegionHeader.LayoutVersion >> 2, 600)
  unmapRegion(dead)
  const heir = createOwnedRegion(place('half'), PLAN, NAME)
  expect(heir.epoch).toBe(1)
  closeRegion(heir)
  closeSync(openSync(place('empty'), 'w'))
  const second = createOwnedRegion(place('empty'), PLAN, NAME)
  expect(second.epoch).toBe(1)
  closeRegion(second)
})

test('What is no region, a shortened or a missing one is a typed error for readers', () => {
  writeFileSync(place('text'), 'x'.repeat(8192))
  expect(() => openReadOnlyRegion(place('text'))).toThrow(RegionLayoutError)
  closeRegion(createOwnedRegion(place('short'), PLAN, NAME))
  truncateSync(place('short'), 4096)
  expect(() => openReadOnlyRegion(place('short'))).toThrow(/and has 4096/)
  expect(() => openReadOnlyRegion(place('nowhere'))).toThrow(HostError)
})

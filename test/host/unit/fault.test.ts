import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { monotonicNs } from '../../../kernels/host/clock.ts'
import { FAULT_SLOT_SIZE_BYTES, readFaultSlot } from '../../../kernels/host/fault.ts'
import { mapOwnedRegion, mapReadOnlyRegion, unmapRegion } from '../../../kernels/host/memory.ts'
import { FAULT_SLOT_AT, FAULT_SLOT_BYTES } from '../../../kernels/region/layout.ts'
import { buildChild, Child, removeChild } from '../support/child.ts'
import { makeRegionFolder } from '../support/folder.ts'

const folder = makeRegionFolder()
beforeAll(buildChild)
afterAll(removeChild)

test('The fault slot is as large as the region layout provides', () => {
  expect(FAULT_SLOT_SIZE_BYTES).toBe(FAULT_SLOT_BYTES)
})

test('A store into a read-only region kills the process and names the region, the offset and the reason', async () => {
  const victim = mapOwnedRegion(join(folder, 'victim'), 8192)
  const startNs = monotonicNs()
  const child = new Child('fault', { own: join(folder, 'writer'), other: victim.path, at: FAULT_SLOT_AT })
  const { mappingIndex } = await child.next<{ mappingIndex: number }>()
  const ending = await child.ended
  expect(ending.signal).toBe('SIGSEGV')
  expect(new Uint8Array(victim.buffer)[5000]).toBe(0)
  const box = mapReadOnlyRegion(join(folder, 'writer'))
  const report = readFaultSlot(box.buffer, FAULT_SLOT_AT)!
  expect(report).toMatchObject({
    signal: 'SIGSEGV',
    reason: 'not permitted: a store into a read-only mapping',
    mappingIndex,
    inode: victim.inode,
    offsetBytes: 5000,
    pid: child.pid,
    tid: child.pid,
  })
  expect(report.address).toMatch(/^0x[0-9a-f]+388$/)
  expect(report.timeNs).toBeGreaterThan(startNs)
  unmapRegion(box)
  unmapRegion(victim)
})

test('A read beyond the end of a shortened region is a SIGBUS in the fault slot', async () => {
  const victim = mapOwnedRegion(join(folder, 'short'), 8192)
  const child = new Child('readBeyondEnd', { own: join(folder, 'reader'), other: victim.path, at: FAULT_SLOT_AT })
  expect(await child.next()).toBe('mapped')
  truncateSync(victim.path, 4096)
  child.process.stdin!.write('go\n')
  expect((await child.ended).signal).toBe('SIGBUS')
  const box = mapReadOnlyRegion(join(folder, 'reader'))
  expect(readFaultSlot(box.buffer, FAULT_SLOT_AT)).toMatchObject({
    signal: 'SIGBUS',
    reason: 'beyond the end of the file',
    inode: victim.inode,
    offsetBytes: 5000,
  })
  unmapRegion(box)
  unmapRegion(victim)
})

test('A WebAssembly trap goes to V8 and leaves no report; a SIGSEGV from outside leaves one', async () => {
  const path = join(folder, 'trap')
  const child = new Child('trapInWebAssembly', { own: path, at: FAULT_SLOT_AT })
  expect(await child.next()).toBe('RuntimeError: memory access out of bounds')
  const box = mapReadOnlyRegion(path)
  expect(readFaultSlot(box.buffer, FAULT_SLOT_AT)).toBeUndefined()
  expect((await child.kill('SIGSEGV')).signal).toBe('SIGSEGV')
  expect(readFaultSlot(box.buffer, FAULT_SLOT_AT)).toMatchObject({
    signal: 'SIGSEGV',
    reason: 'sent by a process',
    mappingIndex: -1,
    inode: 0,
  })
  unmapRegion(box)
})

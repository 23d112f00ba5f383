import { existsSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HostError } from '../../../kernels/host/errors.ts'
import { reserveFile, syncFileData } from '../../../kernels/host/file.ts'
import {
  mapOwnedRegion,
  mapReadOnlyRegion,
  preferHugePages,
  type RegionMapping,
  regionLockHeld,
  removeRegion,
  unmapRegion,
} from '../../../kernels/host/memory.ts'
import { ExitCode } from '../../../kernels/host/xk-error.ts'
import { buildChild, Child, removeChild } from '../support/child.ts'
import { makeRegionFolder, thrownBy } from '../support/folder.ts'

const folder = makeRegionFolder()
beforeAll(buildChild)
afterAll(removeChild)

describe('In one process', () => {
  test('A new region is zeroed, of its size, reserved in full, and locked', () => {
    const region = mapOwnedRegion(join(folder, 'new'), 65536)
    expect(region.created).toBe(true)
    expect(region.buffer.byteLength).toBe(65536)
    expect(new Uint8Array(region.buffer).every((byte) => byte === 0)).toBe(true)
    expect(statSync(region.path)).toMatchObject({ size: 65536, blocks: 128, ino: region.inode })
    expect(regionLockHeld(region.path)).toBe(true)
    unmapRegion(region)
    expect(regionLockHeld(region.path)).toBe(false)
  })

  test('What the owner stores is seen through a read-only mapping', () => {
    const region = mapOwnedRegion(join(folder, 'seen'), 4096)
    const view = mapReadOnlyRegion(region.path)
    new Float64Array(region.buffer)[10] = 123.5
    expect(new Float64Array(view.buffer)[10]).toBe(123.5)
    expect(view.inode).toBe(region.inode)
    expect(view.mappingIndex).not.toBe(region.mappingIndex)
    unmapRegion(view)
    unmapRegion(region)
  })

  test('All pages of a new region are there before its first use', () => {
    const region = mapOwnedRegion(join(folder, 'faulted'), 16 * 1024 * 1024)
    const view = mapReadOnlyRegion(region.path)
    const [written, read] = [new Int32Array(region.buffer), new Int32Array(view.buffer)]
    const before = process.resourceUsage().minorPageFault
    let sum = 0
    for (let word = 0; word < written.length; word += 1024) {
      written[word] = 1
      sum += read[word]!
    }
    const faults = process.resourceUsage().minorPageFault - before
    expect(sum).toBe(4096)
    expect(faults).toBeLessThan(400)
    unmapRegion(view)
    unmapRegion(region)
  })

  test('Unmapping leaves empty views, and the file', () => {
    const region = mapOwnedRegion(join(folder, 'unmapped'), 4096)
    const words = new Int32Array(region.buffer)
    unmapRegion(region)
    expect(words.length).toBe(0)
    expect(words[0]).toBeUndefined()
    expect(existsSync(region.path)).toBe(true)
    expect(() => unmapRegion(region)).toThrow(HostError)
  })

  test('A file that exists is taken over only when that is asked for', () => {
    const path = join(folder, 'left')
    const first = mapOwnedRegion(path, 4096)
    new Int32Array(first.buffer)[7] = 77
    unmapRegion(first)
    expect(thrownBy(() => mapOwnedRegion(path, 4096))).toMatchObject({ errno: 'EEXIST', exitCode: ExitCode.Host })
    const second = mapOwnedRegion(path, 4096, { takeOver: true })
    expect(second.created).toBe(false)
    expect(new Int32Array(second.buffer)[7]).toBe(77)
    unmapRegion(second)
  })

  test('Taking over a region of another size is refused, and leaves it as it was', () => {
    const path = join(folder, 'sized')
    unmapRegion(mapOwnedRegion(path, 8192))
    const error = thrownBy(() => mapOwnedRegion(path, 4096, { takeOver: true }))
    expect(error).toMatchObject({ errno: 'EINVAL' })
    expect(String(error)).toContain('take over a region of 8192 bytes as one of 4096')
    expect(statSync(path).size).toBe(8192)
    expect(regionLockHeld(path)).toBe(false)
  })

  test('A missing or empty region, or a missing folder, is an error that says what to do', () => {
    expect(thrownBy(() => mapReadOnlyRegion(join(folder, 'none')))).toMatchObject({ errno: 'ENOENT', call: 'open' })
    writeFileSync(join(folder, 'empty'), '')
    expect(thrownBy(() => mapReadOnlyRegion(join(folder, 'empty')))).toMatchObject({ errno: 'EINVAL' })
    expect(thrownBy(() => mapOwnedRegion(join(folder, 'no', 'where'), 4096))).toMatchObject({ errno: 'ENOENT' })
  })

  test('A size that is no whole number of pages is a defect of the caller', () => {
    expect(() => mapOwnedRegion(join(folder, 'odd'), 5000)).toThrow(RangeError)
    expect(() => mapOwnedRegion(join(folder, 'odd'), 0)).toThrow(RangeError)
    expect(existsSync(join(folder, 'odd'))).toBe(false)
  })

  test('An owned region is not removed, one that nobody owns is', () => {
    const region = mapOwnedRegion(join(folder, 'removed'), 4096)
    expect(removeRegion(region.path)).toBe(false)
    unmapRegion(region)
    expect(removeRegion(region.path)).toBe(true)
    expect(existsSync(region.path)).toBe(false)
  })

  test('More mappings than there are places for is an error, not a crash', () => {
    const region = mapOwnedRegion(join(folder, 'many'), 4096)
    const views: RegionMapping[] = []
    let error: unknown
    while (error === undefined && views.length < 1000) {
      error = thrownBy(() => views.push(mapReadOnlyRegion(region.path)))
    }
    expect(error).toMatchObject({ errno: 'ENOMEM', call: 'mmap' })
    for (const view of views) unmapRegion(view)
    unmapRegion(region)
  })

  test('A part of a file is reserved and synced', () => {
    const path = join(folder, 'file')
    const fd = openSync(path, 'w')
    reserveFile(fd, 4096, 8192, path)
    expect(statSync(path).size).toBe(12288)
    syncFileData(fd, path)
    truncateSync(path, 0)
    expect(thrownBy(() => reserveFile(9999, 0, 4096, path))).toMatchObject({ errno: 'EBADF', where: path })
    expect(thrownBy(() => syncFileData(9999, path))).toMatchObject({ errno: 'EBADF', call: 'fdatasync' })
  })
})

describe('Between processes', () => {
  test('A live owner is never displaced; after kill -9 its region is taken over as it was left', async () => {
    const path = join(folder, 'owned')
    const owner = new Child('own', { own: path, bytes: 8192, takeOver: true })
    expect(await owner.next()).toEqual({ created: true, found: 0 })
    expect(regionLockHeld(path)).toBe(true)
    expect(removeRegion(path)).toBe(false)
    const error = thrownBy(() => mapOwnedRegion(path, 8192, { takeOver: true }))
    expect(error).toMatchObject({ errno: 'EAGAIN', exitCode: ExitCode.Busy, where: path })

    expect((await owner.kill()).signal).toBe('SIGKILL')
    expect(regionLockHeld(path)).toBe(false)
    const heir = new Child('own', { own: path, bytes: 8192, takeOver: true })
    expect(await heir.next()).toEqual({ created: false, found: owner.pid })
    const view = mapReadOnlyRegion(path)
    expect(new Int32Array(view.buffer)[1000]).toBe(heir.pid)
    unmapRegion(view)
    await heir.kill()
  })

  test('A file system that is too small is an error that says how many bytes were needed', async () => {
    const mount = 'mount -t tmpfs -o size=256k none /mnt && exec "$@"'
    const child = new Child('own', { own: '/mnt/small.region', bytes: 1048576 }, [
      'unshare',
      '-rm',
      'sh',
      '-c',
      mount,
      'sh',
    ])
    const outcome = await child.next<{ message: string }>().catch(async () => {
      console.log(`skipped: no small file system to try on (${(await child.ended).errors.trim()})`)
      return undefined
    })
    if (outcome === undefined) return
    expect(outcome).toMatchObject({ errno: 'ENOSPC', code: 'host-enospc', exitCode: ExitCode.Host })
    expect(outcome.message).toMatch(/reserve 1048576 bytes .*262144 of 1048576 bytes are free there/)
  })
})

describe('Huge pages', () => {
  const setting = '/sys/kernel/mm/transparent_hugepage/enabled'
  const hasHugePages = existsSync(setting) && !readFileSync(setting, 'utf8').includes('[never]')

  test('are asked for under whole ones of a large buffer, whose bytes stay', () => {
    const bytes = 16 * 1024 * 1024
    const memory = new Uint8Array(bytes)
    memory.fill(0x5a)
    const advised = preferHugePages(memory.buffer)
    if (hasHugePages) expect(advised).toBeGreaterThanOrEqual(bytes - 2 * 2 ** 21)
    expect(advised % 2 ** 21).toBe(0)
    expect(advised).toBeLessThanOrEqual(bytes)
    expect(memory.every((byte) => byte === 0x5a)).toBe(true)
  })

  test('are none under a small buffer, or an empty one', () => {
    expect(preferHugePages(new ArrayBuffer(4096))).toBe(0)
    expect(preferHugePages(new ArrayBuffer(0))).toBe(0)
  })
})

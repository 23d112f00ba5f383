/**
 * Real file systems that fail: a tmpfs and a loop-back ext4 that fill up, and one that turns read-only. They need the right to
 * mount; elsewhere they are skipped with a word.
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { JournalIoError } from '../../storage/journal/errors.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalProgress } from '../../storage/journal/progress.ts'
import { SpareMaker } from '../../storage/journal/spare-segment.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { appendBatch, IDENTITY, range, readAll, sequencesOf } from './support/scripts.ts'

const { Inbound } = JournalStream
const SEGMENT_BYTES = 1 << 20
const folder = fs.mkdtempSync(join(tmpdir(), 'xk-file-system-'))
const mounted: string[] = []

afterAll(() => {
  for (const path of mounted) execFileSync('umount', [path], { stdio: 'ignore' })
  fs.rmSync(folder, { recursive: true, force: true })
})

/** Mounts a small file system. @returns its path, or why there is none */
function mountSmall(kind: 'tmpfs' | 'ext4'): { path: string } | { reason: string } {
  const path = join(folder, kind)
  fs.mkdirSync(path)
  try {
    if (kind === 'tmpfs') execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', path], { stdio: 'pipe' })
    else {
      const image = join(folder, 'ext4.img')
      fs.writeFileSync(image, '')
      fs.truncateSync(image, 12 << 20)
      execFileSync('mkfs.ext4', ['-q', '-O', '^has_journal', image], { stdio: 'pipe' })
      execFileSync('mount', ['-o', 'loop', image, path], { stdio: 'pipe' })
    }
    mounted.push(path)
    return { path }
  } catch (error) {
    return { reason: error instanceof Error ? error.message.split('\n')[0]! : String(error) }
  }
}

const SMALL = { tmpfs: mountSmall('tmpfs'), ext4: mountSmall('ext4') }

function needs(kind: 'tmpfs' | 'ext4'): { path: string; skip: boolean } {
  const small = SMALL[kind]
  if ('path' in small) return { path: join(small.path, 'journal'), skip: false }
  process.stdout.write(`a small ${kind} cannot be mounted here, so it is not filled up: ${small.reason}\n`)
  return { path: '', skip: true }
}

function open(path: string): JournalWriter {
  return JournalWriter.open(FileStorage.create(path), { identity: IDENTITY, segmentBytes: SEGMENT_BYTES }).writer
}

/** Appends and syncs until the system refuses. @returns the refusal and the last sequence written */
function fill(writer: JournalWriter): { failure: JournalIoError; last: number } {
  let last = writer.lastSequence(Inbound)
  for (let i = 0; i < 10_000; i++) {
    try {
      appendBatch(writer, Inbound, last + 1, last + 400)
      last += 400
      if (i % 5 === 0) writer.sync()
    } catch (error) {
      if (!(error instanceof JournalIoError)) throw error
      return { failure: error, last }
    }
  }
  throw new Error('the disk never filled up')
}

for (const kind of ['tmpfs', 'ext4'] as const) {
  const { path, skip } = needs(kind)
  test.skipIf(skip)(`a ${kind} that fills up ends the journal with ENOSPC, and all that was written stays`, () => {
    const writer = open(path)
    const spare = new SpareMaker(path, SEGMENT_BYTES)
    while (spare.step());
    const { failure, last } = fill(writer)
    expect(failure).toMatchObject({ errnoName: 'ENOSPC', code: 'journal-enospc' })
    expect(failure.next).toContain('free disk space')
    // The segment that could not be made was asked for only when the one before was full, sealed and durable.
    expect(writer.progress[JournalProgress.DurableInbound]).toBe(last)
    expect(() => appendBatch(writer, Inbound, last + 1, last + 2)).toThrow(failure)
    while (spare.step());
    const storage = new FileStorage(path)
    const facts = verifyStorage(storage)
    expect(facts.damage).toEqual([])
    expect(facts.segments.length).toBeGreaterThan(3)
    expect(sequencesOf(readAll(storage), Inbound)).toEqual(range(1, last))
    const filler = fs.readdirSync(path).find((name) => name.startsWith('spare'))
    if (filler !== undefined) fs.rmSync(join(path, filler))
  })
}

const readOnly = needs('ext4')
test.skipIf(readOnly.skip)(
  'a file system that turned read-only refuses a writer, and the journal reads as before',
  () => {
    const { path } = readOnly
    const storage = new FileStorage(path)
    const before = verifyStorage(storage)
    execFileSync('mount', ['-o', 'remount,ro', join(folder, 'ext4')])
    try {
      expect(() => open(path)).toThrow(/EROFS/)
      expect(verifyStorage(storage)).toEqual(before)
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', join(folder, 'ext4')])
    }
    expect(judge(verifyStorage(storage))).toBe('open-ended')
  },
)

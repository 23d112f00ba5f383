import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll } from 'vitest'
import { BufferSource, type ByteSource } from '../../../feeds/capture/byte-source.ts'
import type { CaptureFile } from '../../../feeds/capture/capture-file.ts'
import { findFirstFrame } from '../../../feeds/capture/first-frame.ts'
import { MarketSource } from '../../../feeds/capture/market-source.ts'
import { CaptureKind, RECOGNISE_BYTES, recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { decodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'

const root = new URL('../../..', import.meta.url).pathname

/** A source over bytes in memory, recognised by their contents. */
export function sourceOf(bytes: Uint8Array, pieceBytes?: number): MarketSource {
  return new MarketSource([fileOf(bytes, pieceBytes)])
}

export function fileOf(bytes: Uint8Array, pieceBytes?: number): CaptureFile {
  const recognised = recogniseCapture(bytes.subarray(0, RECOGNISE_BYTES))
  const open = (): ByteSource => new BufferSource(bytes, pieceBytes)
  const { kind } = recognised
  const isOfPackets = kind === CaptureKind.Pcap || kind === CaptureKind.PcapNg
  const firstTime = isOfPackets ? findFirstFrame(kind, open()) : undefined
  return { path: 'memory', recognised, storedBytes: bytes.length, firstTime, open }
}

/** All records of a source, as bytes. Fails rather than hangs. */
export function drainBytes(source: MarketSource, batchBytes = 4096): Buffer {
  const batch = new RecordBatch(batchBytes)
  const parts: Buffer[] = []
  for (let calls = 0; calls < 1_000_000; calls++) {
    batch.reset()
    const appended = source.fill(batch)
    if (appended === 0) return Buffer.concat(parts)
    if (appended < 0) source.wait(20)
    parts.push(Buffer.from(batch.views.u8.subarray(0, batch.usedBytes)))
  }
  throw new Error('the source does not come to an end')
}

/** All records of a source, as plain objects. */
export function drainRecords(source: MarketSource, batchBytes = 4096): PlainRecord[] {
  const batch = new RecordBatch(batchBytes)
  const records: PlainRecord[] = []
  for (;;) {
    batch.reset()
    const appended = source.fill(batch)
    if (appended === 0) return records
    let count = 0
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!, count++) {
      records.push(decodeRecord(batch.views, at))
    }
    if (appended > 0 && count !== appended) throw new Error(`fill said ${appended} records and appended ${count}`)
  }
}

/** A folder that goes away with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xk-feeds-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function writeTemporary(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

/** Builds the reader thread into the folder, so that the test needs no build of the product. */
export function buildReaderThread(folder: string): URL {
  const outfile = join(folder, 'reader.thread.mjs')
  buildSync({
    absWorkingDir: root,
    entryPoints: ['feeds/capture/reader.thread.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
  })
  return new URL(`file://${outfile}`)
}

/** Whether a command is there to be a witness; says so when it is not. */
export function hasCommand(name: string): boolean {
  const isThere = spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0
  if (!isThere) console.log(`skipped: ${name} is not installed`)
  return isThere
}

import fs from 'node:fs'
import { join } from 'node:path'
import { Header, OrderAdd, RecordType } from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import { BatchBuffer } from '../journal/batch-buffer.ts'
import { FileStorage } from '../journal/file-storage.ts'
import { BatchHeader, JournalStream, SEGMENT_BYTES_DEFAULT } from '../journal/layout.ts'
import { JournalProgress } from '../journal/progress.ts'
import { JournalScan } from '../journal/recovery.ts'
import type { JournalIdentity } from '../journal/segment-header.ts'
import { SpareMaker } from '../journal/spare-segment.ts'
import { ThreadedJournalSink } from '../journal/threaded-sink.ts'
import { verifyStorage } from '../journal/verify.ts'
import { JournalWriter } from '../journal/writer.ts'
import { DURABLE_WAYS, type NowNs, readBare, timeDurableWrites, writeBare } from './bare-disk.ts'
import { CallTimes, median } from './percentile.ts'

export interface JournalBenchOptions {
  /** An empty folder on the disk to measure; what is made in it is removed. */
  readonly folder: string
  readonly bytes: number
  readonly rounds: number
  readonly nowNs: NowNs
  readonly onProgress: (fraction: number, note: string) => void
}

/** One figure of the journal beside its yardstick; the ratio is the median of the rounds'. */
export interface BesideYardstick {
  readonly journal: number
  readonly yardstick: number
  readonly ratio: number
}

export interface CommitRow {
  readonly name: string
  readonly p50Ns: number
  readonly p99Ns: number
}

export interface JournalBenchResult {
  readonly bytes: number
  readonly rounds: number
  /** Bytes a second. */
  readonly append: BesideYardstick
  readonly recovery: BesideYardstick
  /** Without the digests of the streams. */
  readonly verify: BesideYardstick
  readonly verifyWithDigests: BesideYardstick
  /** One small batch, written and durable. */
  readonly commits: readonly CommitRow[]
  /** Ways of making 4 KiB durable. */
  readonly ways: readonly CommitRow[]
}

const IDENTITY: JournalIdentity = { idLow: 1, idHigh: 2, configLow: 3, configHigh: 4, label: 'bench' }
const BATCH_BYTES = 256 * 1024
const COMMIT_BYTES = 4096
const COMMITS = 300
const GROUP = { mode: 'group', maxDelayUs: 1000 } as const
/** While the staging memory is full. */
const NAP_MS = 0.2

/** A batch of records that is written again and again, with new sequences each time. */
class RepeatedBatch {
  readonly buffer: BatchBuffer
  /** On disk, header included. */
  readonly bytes: number
  readonly #records: number
  #sequence = 0

  constructor(bytes: number) {
    this.buffer = new BatchBuffer(JournalStream.Inbound, bytes)
    this.#records = Math.floor(bytes / OrderAdd.Bytes)
    this.bytes = BatchHeader.Bytes + this.#records * OrderAdd.Bytes
    for (let i = 0; i < this.#records; i++) {
      const at = BatchHeader.Bytes + i * OrderAdd.Bytes
      beginRecord(this.buffer.views, at, OrderAdd.Bytes, RecordType.OrderAdd, i & 1023)
    }
  }

  /** Gives its records the next sequences: as little work as can be, for it is timed with the journal's. */
  next(): void {
    const { buffer } = this
    const { f64 } = buffer.views
    for (let i = 0; i < this.#records; i++) {
      const at = BatchHeader.Bytes + i * OrderAdd.Bytes
      f64[(at + Header.Sequence) >> 3] = ++this.#sequence
      f64[(at + Header.Time) >> 3] = this.#sequence * 1000
    }
    buffer.recordCount = this.#records
    buffer.payloadBytes = this.#records * OrderAdd.Bytes
    buffer.lastAt = this.bytes - OrderAdd.Bytes
  }
}

function openJournal(folder: string, isAhead = false): JournalWriter {
  fs.rmSync(folder, { recursive: true, force: true })
  const storage = FileStorage.create(folder)
  if (isAhead) {
    const maker = new SpareMaker(folder, SEGMENT_BYTES_DEFAULT)
    while (maker.step());
  }
  return JournalWriter.open(storage, { identity: IDENTITY }).writer
}

interface Appended {
  /** Until all is durable and closed. */
  readonly tookNs: number
  readonly syncs: number
}

/** Through the journal thread and its keeper, as the storage kernel does. */
async function appendAll(folder: string, bytes: number, nowNs: NowNs): Promise<Appended> {
  const writer = openJournal(folder)
  const sink = await ThreadedJournalSink.start(writer, { path: folder, durability: GROUP })
  const batch = new RepeatedBatch(BATCH_BYTES)
  const nap = new Int32Array(new SharedArrayBuffer(4))
  const start = nowNs()
  for (let written = 0; written < bytes; written += batch.bytes) {
    batch.next()
    while (!sink.trySubmit(batch.buffer)) {
      if (sink.failure !== undefined) throw sink.failure
      Atomics.wait(nap, 0, 0, NAP_MS)
    }
  }
  sink.close()
  const tookNs = nowNs() - start
  await sink.terminate()
  return { tookNs, syncs: sink.progress[JournalProgress.Syncs]! }
}

/** @param isAhead whether the segment is one that was made ahead: written with zeros, not only reserved */
function timeCommits(folder: string, isAhead: boolean, nowNs: NowNs): CallTimes {
  const writer = openJournal(folder, isAhead)
  const batch = new RepeatedBatch(COMMIT_BYTES)
  const times = new CallTimes()
  for (let i = 0; i < COMMITS; i++) {
    batch.next()
    const start = nowNs()
    const { views, payloadBytes, recordCount, lastAt } = batch.buffer
    writer.append(views, 0, JournalStream.Inbound, payloadBytes, recordCount, lastAt)
    writer.sync()
    times.add(nowNs() - start)
  }
  writer.close()
  return times
}

function besides(bytes: number, pairs: readonly (readonly [number, number])[]): BesideYardstick {
  const rate = (timeNs: number) => bytes / (timeNs / 1e9)
  return {
    journal: rate(median(pairs.map(([own]) => own))),
    yardstick: rate(median(pairs.map(([, bare]) => bare))),
    ratio: median(pairs.map(([own, bare]) => bare / own)),
  }
}

function rowOf(name: string, times: CallTimes): CommitRow {
  return { name, p50Ns: times.percentileNs(0.5), p99Ns: times.percentileNs(0.99) }
}

/** Journal and yardstick take turns, so that a disk that is busy with other things slows both. */
export async function benchJournal(options: JournalBenchOptions): Promise<JournalBenchResult> {
  const { folder, bytes, rounds, nowNs, onProgress } = options
  const journal = join(folder, 'journal')
  const storage = new FileStorage(journal)
  const appends: [number, number][] = []
  const recoveries: [number, number][] = []
  const verifies: [number, number][] = []
  const digests: [number, number][] = []
  let fileBytes = 0
  const time = (act: () => unknown) => {
    const start = nowNs()
    act()
    return nowNs() - start
  }
  for (let round = 0; round < rounds; round++) {
    onProgress(round / (rounds + 1), `round ${round + 1} of ${rounds}`)
    const { tookNs, syncs } = await appendAll(journal, bytes, nowNs)
    appends.push([tookNs, writeBare(folder, { bytes, writeBytes: BATCH_BYTES, bytesPerSync: bytes / syncs }, nowNs)])
    const paths = fs.readdirSync(journal).map((name) => join(journal, name))
    fileBytes = paths.reduce((sum, path) => sum + fs.statSync(path).size, 0)
    readBare(paths, nowNs)
    recoveries.push([time(() => new JournalScan(storage, { digests: false })), readBare(paths, nowNs)])
    verifies.push([time(() => verifyStorage(storage, { digests: false })), readBare(paths, nowNs)])
    digests.push([time(() => verifyStorage(storage)), readBare(paths, nowNs)])
  }
  onProgress(rounds / (rounds + 1), 'commits')
  const ways = DURABLE_WAYS.map((way) => {
    const name = `${way.name}, ${way.isZeroed ? 'zeroed' : 'reserved'}`
    return rowOf(name, timeDurableWrites(folder, way, COMMIT_BYTES, COMMITS, nowNs))
  })
  const commits = [
    rowOf('journal', timeCommits(journal, false, nowNs)),
    rowOf('journal, segment made ahead', timeCommits(journal, true, nowNs)),
    { ...ways[0]!, name: 'write + fdatasync' },
  ]
  for (const name of ['journal', 'yardstick.bin']) fs.rmSync(join(folder, name), { recursive: true, force: true })
  return {
    bytes,
    rounds,
    append: besides(bytes, appends),
    recovery: besides(fileBytes, recoveries),
    verify: besides(fileBytes, verifies),
    verifyWithDigests: besides(fileBytes, digests),
    commits,
    ways,
  }
}

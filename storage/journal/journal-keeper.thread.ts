/** Entry of the journal's keeper: a worker that hashes what is written, makes segments ahead and compresses old ones. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadCompressor, SegmentCompressor } from './compress-segments.ts'
import { type JournalKeeperSetup, KeeperWord } from './keeper-control.ts'
import { SealFollower } from './keeper-sealer.ts'
import { JournalProgress } from './progress.ts'
import { removeSpare, SpareMaker } from './spare-segment.ts'
import { Staging } from './staging.ts'

/** Half a megabyte each: 32 MB/s at most, so that making ahead leaves the disk to the journal. */
const FILL_PAUSE_MS = 16
/** Half of that: what filling is sure to reach while the disk is shared. */
const FILL_BYTES_PER_MS = 16_000
/** As long as a frame takes to compress, about: at most half a core. */
const COMPRESS_PAUSE_MS = 20
const IDLE_PAUSE_MS = 25
/** Being written, being made ahead of, and the one that a resuming kernel reads. */
const KEEP_LAST = 2

/** A spare is begun once this part of the segment is written: short sessions never need one. */
const WANTED_PART = 1 / 8

const setup = workerData as JournalKeeperSetup
const control = new Int32Array(setup.control)
const spare = new SpareMaker(setup.path, setup.segmentBytes)
const { progress } = new Staging(setup.staging)
const follower = new SealFollower(setup.path, setup.control)
const compressor = new SegmentCompressor(setup.path, KEEP_LAST)
let segment = 0
let segmentFromBytes = 0
let segmentFromMs = performance.now()

/** Notices a new segment. @returns bytes written to it */
function followSegment(): number {
  if (progress[JournalProgress.SegmentNumber] !== segment) {
    segment = progress[JournalProgress.SegmentNumber]!
    segmentFromBytes = progress[JournalProgress.WrittenBytes]!
    segmentFromMs = performance.now()
  }
  return progress[JournalProgress.WrittenBytes]! - segmentFromBytes
}

/** Makes the spare, once it is wanted. @returns whether there was something to do */
function makeAhead(): boolean {
  const writtenBytes = followSegment()
  if (writtenBytes <= setup.segmentBytes * WANTED_PART) return false
  const leftMs = ((performance.now() - segmentFromMs) * (setup.segmentBytes - writtenBytes)) / writtenBytes
  return spare.step(leftMs < setup.segmentBytes / FILL_BYTES_PER_MS)
}

/** Does a piece of what nobody waits for. @returns the pause that it asks for, in milliseconds */
function doSpareWork(): number {
  if (makeAhead()) return FILL_PAUSE_MS
  return setup.compresses && compressor.step() ? COMPRESS_PAUSE_MS : IDLE_PAUSE_MS
}

/** Hashing goes first: a seal is waited for. It is woken for that as often as it takes; the rest keeps its pauses. */
function run(): void {
  let restUntilMs = 0
  while (Atomics.load(control, KeeperWord.Stop) === 0) {
    const wake = Atomics.load(control, KeeperWord.Wake)
    if (follower.step()) continue
    if (performance.now() >= restUntilMs) restUntilMs = doSpareWork() + performance.now()
    Atomics.wait(control, KeeperWord.Wake, wake, Math.max(0, restUntilMs - performance.now()))
  }
  removeSpare(setup.path)
}

if (setup.compresses) await loadCompressor()
Atomics.store(control, KeeperWord.Ready, 1)
parentPort?.postMessage('ready')
try {
  run()
} finally {
  follower.close()
  spare.close()
  compressor.close()
  Atomics.store(control, KeeperWord.Ended, 1)
  Atomics.notify(control, KeeperWord.Ended)
}

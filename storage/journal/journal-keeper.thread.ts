/** Entry of the journal's keeper: a worker that hashes what is written, makes segments ahead and compresses old ones. */
import { workerData } from 'node:worker_threads'
import { loadCompressor, SegmentCompressor } from './compress-segments.ts'
import { type JournalKeeperSetup, KeeperWord } from './keeper-control.ts'
import { SealFollower } from './keeper-sealer.ts'
import { JournalProgress } from './progress.ts'
import { removeSpare, SpareMaker } from './spare-segment.ts'
import { Staging } from './staging.ts'

/** Half a megabyte each: 32 MB/s at most, so that making ahead leaves the disk to the journal. */
const FILL_PAUSE_MS = 16
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

function isSpareWanted(): boolean {
  if (progress[JournalProgress.SegmentNumber] !== segment) {
    segment = progress[JournalProgress.SegmentNumber]!
    segmentFromBytes = progress[JournalProgress.WrittenBytes]!
  }
  return progress[JournalProgress.WrittenBytes]! - segmentFromBytes > setup.segmentBytes * WANTED_PART
}

/** Hashing goes first: a seal is waited for. */
function run(): void {
  while (Atomics.load(control, KeeperWord.Stop) === 0) {
    const wake = Atomics.load(control, KeeperWord.Wake)
    if (follower.step()) continue
    let pauseMs = IDLE_PAUSE_MS
    if (isSpareWanted() && spare.step()) pauseMs = FILL_PAUSE_MS
    else if (setup.compresses && compressor.step()) pauseMs = COMPRESS_PAUSE_MS
    Atomics.wait(control, KeeperWord.Wake, wake, pauseMs)
  }
  removeSpare(setup.path)
}

if (setup.compresses) await loadCompressor()
Atomics.store(control, KeeperWord.Ready, 1)
try {
  run()
} finally {
  follower.close()
  spare.close()
  compressor.close()
  Atomics.store(control, KeeperWord.Ended, 1)
  Atomics.notify(control, KeeperWord.Ended)
}

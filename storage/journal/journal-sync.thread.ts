/** Entry of the journal's sync thread: waits for the disk, so that the journal thread can write meanwhile. */
import fs from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { SyncWord, writeSyncResult } from './background-sync.ts'
import { errnoNameOf } from './errors.ts'
import { StagingWord } from './staging.ts'

/** What the sink passes on. */
export interface JournalSyncSetup {
  /** From `createSyncControl`. */
  readonly control: SharedArrayBuffer
  /** The journal thread's, which is woken when a sync is over. */
  readonly staging: SharedArrayBuffer
}

const setup = workerData as JournalSyncSetup
const words = new Int32Array(setup.control, 0, SyncWord.Words)
const staging = new Int32Array(setup.staging, 0, StagingWord.Words)

function syncFile(): string {
  try {
    fs.fdatasyncSync(words[SyncWord.Descriptor]!)
    return ''
  } catch (error) {
    return errnoNameOf(error)
  }
}

function run(): void {
  for (;;) {
    const wake = Atomics.load(words, SyncWord.Wake)
    const asked = Atomics.load(words, SyncWord.Asked)
    if (asked === Atomics.load(words, SyncWord.Answered)) {
      if (Atomics.load(words, SyncWord.Stop) === 1) return
      Atomics.wait(words, SyncWord.Wake, wake)
      continue
    }
    writeSyncResult(setup.control, syncFile())
    Atomics.store(words, SyncWord.Answered, asked)
    Atomics.notify(words, SyncWord.Answered)
    Atomics.add(staging, StagingWord.Wake, 1)
    Atomics.notify(staging, StagingWord.Wake)
  }
}

Atomics.store(words, SyncWord.Ready, 1)
parentPort?.postMessage('ready')
run()

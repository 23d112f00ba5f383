/** Entry of the journal thread: a worker that writes and syncs, so that the storage kernel's loop never waits for the disk. */
import { parentPort, workerData } from 'node:worker_threads'
import { ThreadSync } from './background-sync.ts'
import type { Durability } from './commit-schedule.ts'
import { FileStorage } from './file-storage.ts'
import type { JournalHandOver } from './hand-over.ts'
import { JournalLoop, publishFailure } from './journal-loop.ts'
import { KeeperSealer } from './keeper-sealer.ts'
import { readSealSigner } from './seal-key.ts'
import { Staging } from './staging.ts'
import { JournalWriter } from './writer.ts'

/** What the sink passes on. */
export interface JournalThreadSetup {
  readonly path: string
  readonly staging: SharedArrayBuffer
  readonly durability: Durability
  readonly sealKey: string
  /** From `createKeeperControl`. */
  readonly keeper: SharedArrayBuffer
  /** From `createSyncControl`. */
  readonly sync: SharedArrayBuffer
  readonly handOver: JournalHandOver
}

function openLoop(staging: Staging, setup: JournalThreadSetup): JournalLoop | undefined {
  try {
    const signer = setup.sealKey === '' ? undefined : readSealSigner(setup.sealKey)
    const writer = JournalWriter.resume(new FileStorage(setup.path), setup.handOver, {
      progress: staging.progress,
      sealer: new KeeperSealer(setup.keeper),
      background: new ThreadSync(setup.sync),
      ...(signer && { signer }),
    })
    return new JournalLoop(staging, writer, setup.durability, () => performance.now() * 1000)
  } catch (error) {
    publishFailure(staging, error)
    return undefined
  }
}

const setup = workerData as JournalThreadSetup
const loop = openLoop(new Staging(setup.staging), setup)
parentPort?.postMessage('ready')
loop?.run()

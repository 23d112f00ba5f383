/**
 * A process that writes a journal as fast as it can until it is killed, and says on its standard output what was written and
 * durable: `W <sequence>` and `D <sequence>`, each line in one write(2).
 * Arguments: folder, durability (async, group, sync), `direct` or the address of the built journal thread.
 */
import { writeSync } from 'node:fs'
import { RECORD_BYTES_MAX } from '../../../kernels/records/catalogue.ts'
import { encodeRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { BatchBuffer } from '../../../storage/journal/batch-buffer.ts'
import type { Durability } from '../../../storage/journal/commit-schedule.ts'
import { DirectJournalSink } from '../../../storage/journal/direct-sink.ts'
import { FileStorage } from '../../../storage/journal/file-storage.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalProgress } from '../../../storage/journal/progress.ts'
import type { JournalSink } from '../../../storage/journal/sink.ts'
import { ThreadedJournalSink } from '../../../storage/journal/threaded-sink.ts'
import { JournalWriter } from '../../../storage/journal/writer.ts'
import { IDENTITY, sampleRecord } from './scripts.ts'

const [path, mode, threadUrl] = process.argv.slice(2) as [string, Durability['mode'], string]
const durability: Durability = mode === 'group' ? { mode, maxDelayUs: 300 } : { mode }
const storage = FileStorage.create(path)
const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: 256 * 1024 })
let last = writer.lastSequence(JournalStream.Inbound)

async function openSink(): Promise<JournalSink> {
  if (threadUrl === 'direct') return new DirectJournalSink(writer, durability, () => performance.now() * 1000)
  const stagingBytes = 4 * 1024 * 1024
  return ThreadedJournalSink.start(writer, { path, durability, stagingBytes, threadUrl: new URL(threadUrl) })
}

/** Waits while the reader lags: the pipe does not block. */
function say(text: string): void {
  for (;;) {
    try {
      writeSync(1, text)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

const sink = await openSink()
const scratch = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))
const batch = new BatchBuffer(JournalStream.Inbound, 8192)
for (let turn = 0; ; turn++) {
  batch.reset()
  const count = 1 + ((turn * 7919) % 60)
  for (let i = 0; i < count; i++) {
    encodeRecord(sampleRecord(JournalStream.Inbound, ++last), scratch, 0)
    batch.appendRecord(scratch, 0)
  }
  while (!sink.trySubmit(batch)) if (sink.failure !== undefined) throw sink.failure
  sink.poll()
  say(`W ${sink.progress[JournalProgress.WrittenInbound]}\nD ${sink.progress[JournalProgress.DurableInbound]}\n`)
}

/** Entry of a hashing thread: computes the seals, or the digests of the streams, of what a scan passes over. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { RecordDigest } from '../../kernels/records/canonical.ts'
import { HashConsumer, HashEntry, HashKind, HashRole, HashState } from './hash-ring.ts'
import { BatchHeader } from './layout.ts'
import { SegmentHash } from './seal.ts'

/** What the pipeline passes on. */
export interface HashThreadSetup {
  /** From `createHashRing`. */
  readonly ring: SharedArrayBuffer
  readonly role: HashRole
  /** Where answers go: the hashes asked for in turn, or the digests of both streams at the end. */
  readonly answers: MessagePort
}

const { ring, role, answers } = workerData as HashThreadSetup
const consumer = new HashConsumer(ring, role)
const { data } = consumer

function bytesAt(at: number): Uint8Array {
  const from = at + HashEntry.Data
  return data.u8.subarray(from, from + data.u32[(at + HashEntry.Bytes) >> 2]!)
}

function hashSeals(): void {
  let segment = new SegmentHash()
  for (;;) {
    const at = consumer.next()
    const kind = data.u32[(at + HashEntry.Kind) >> 2]!
    if (kind === HashKind.End) return
    if (kind === HashKind.Begin) segment = new SegmentHash()
    if (kind === HashKind.Ask) answers.postMessage(segment.digest().toString('hex'))
    else if (kind === HashKind.Begin || (kind & HashKind.Sealed) !== 0) segment.update(bytesAt(at))
    consumer.release(at)
  }
}

function hashStreams(): void {
  const inbound = new RecordDigest()
  const outbound = new RecordDigest()
  for (;;) {
    const at = consumer.next()
    const kind = data.u32[(at + HashEntry.Kind) >> 2]!
    if (kind === HashKind.End) break
    if ((kind & (HashKind.Inbound | HashKind.Outbound)) !== 0) {
      const digest = (kind & HashKind.Inbound) !== 0 ? inbound : outbound
      const bytes = data.u32[(at + HashEntry.Bytes) >> 2]! - BatchHeader.Bytes
      const records = data.u32[(at + HashEntry.Records) >> 2]!
      digest.updateRun(data, at + HashEntry.Data + BatchHeader.Bytes, bytes, records)
    }
    consumer.release(at)
  }
  answers.postMessage(inbound.hex())
  answers.postMessage(outbound.hex())
}

try {
  if (role === HashRole.Seals) hashSeals()
  else hashStreams()
  consumer.end(HashState.Done)
} catch (error) {
  consumer.end(HashState.Failed)
  throw error
} finally {
  answers.close()
}

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { BatchWindow } from './batch-window.ts'
import { builtThread } from './built-thread.ts'
import { createHashRing, HashKind, HashProducer, HashRole } from './hash-ring.ts'
import type { HashThreadSetup } from './journal-hash.thread.ts'
import { BatchHeader, JournalStream } from './layout.ts'
import type { ScanHasher } from './scan-hasher.ts'

const NOTHING = new Uint8Array(0)

/**
 * Hashes on two threads beside the scan: one computes seals, the other the digests of the streams. SHA-256 is what verification
 * spends most of its time on, and neither of the two can be split. The scan itself stays one blocking call.
 */
export class HashPipeline implements ScanHasher {
  readonly #producer: HashProducer
  readonly #workers: Worker[] = []
  readonly #ports: MessagePort[] = []
  readonly #answers: string[] = []
  #asks = 0
  #hasEnded = false

  /** Starts the threads. @param digests whether there is one for the streams */
  constructor(digests: boolean) {
    const ring = createHashRing()
    const roles = digests ? [HashRole.Seals, HashRole.Streams] : [HashRole.Seals]
    this.#producer = new HashProducer(ring, roles)
    for (const role of roles) {
      const { port1, port2 } = new MessageChannel()
      const workerData: HashThreadSetup = { ring, role, answers: port2 }
      const worker = new Worker(builtThread('journal-hash.thread.js'), {
        workerData,
        transferList: [port2],
        name: `xk-hash-${role}`,
      })
      // A thread that fails says so in the ring, where the scan looks.
      worker.on('error', () => {})
      worker.unref()
      this.#workers.push(worker)
      this.#ports.push(port1)
    }
  }

  begin(header: Uint8Array): void {
    this.#producer.put(HashKind.Begin, 0, header, 0, header.length)
  }

  pass(window: BatchWindow, isSealed: boolean, isDigested: boolean): void {
    if (!isSealed && !isDigested) return
    let kind = HashKind.Batch
    if (isSealed) kind |= HashKind.Sealed
    if (isDigested) kind |= window.stream() === JournalStream.Inbound ? HashKind.Inbound : HashKind.Outbound
    this.#producer.put(
      kind,
      window.recordCount(),
      window.views.u8,
      window.at,
      BatchHeader.Bytes + window.payloadBytes(),
    )
  }

  ask(): number {
    this.#producer.put(HashKind.Ask, 0, NOTHING, 0, 0)
    return this.#asks++
  }

  answer(question: number): string {
    this.#end()
    return this.#answers[question]!
  }

  /** Once all is passed: the digest of a stream's records. */
  digest(stream: JournalStream.Inbound | JournalStream.Outbound): string {
    this.#end()
    return this.#answers[this.#asks + (stream === JournalStream.Inbound ? 0 : 1)]!
  }

  /** Ends the threads, at once where the scan was given up. */
  close(): void {
    for (const port of this.#ports) port.close()
    for (const worker of this.#workers) void worker.terminate()
  }

  #end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#producer.put(HashKind.End, 0, NOTHING, 0, 0)
    this.#producer.awaitEnd()
    for (const port of this.#ports) {
      for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
        this.#answers.push(got.message as string)
      }
    }
  }
}

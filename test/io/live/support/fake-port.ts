import { DatagramFact } from '../../../../kernels/host/udp-socket.ts'
import type { DatagramPort } from '../../../../kernels/io/live/live-source.ts'

const SLOTS = 4
const SLOT_BYTES = 2048

/** A UDP socket in memory: what a test puts in arrives, what is sent out is kept. */
export class FakePort implements DatagramPort {
  readonly bytes = new Uint8Array(SLOTS * SLOT_BYTES)
  readonly slotBytes = SLOT_BYTES
  readonly facts = new Uint32Array(SLOTS * DatagramFact.Words)
  readonly arriving: Buffer[] = []
  readonly sent: Buffer[] = []
  isClosed = false

  receive(): number {
    const taken = this.arriving.splice(0, SLOTS)
    taken.forEach((bytes, slot) => {
      this.bytes.set(bytes, slot * SLOT_BYTES)
      this.facts[slot * DatagramFact.Words + DatagramFact.Length] = bytes.length
    })
    return taken.length
  }

  send(bytes: Uint8Array, at: number, length: number): boolean {
    this.sent.push(Buffer.from(bytes.subarray(at, at + length)))
    return true
  }

  close(): void {
    this.isClosed = true
  }
}

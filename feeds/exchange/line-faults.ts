import type { RandomStream } from '../generate/random.ts'

/** What a line does to packets; shares from 0 to 1. */
export interface LineFaultRates {
  loss: number
  duplicate: number
  /** Packets that arrive behind the one after them. */
  reorder: number
  /** Each packet waits up to so long, and no packet overtakes another by it. */
  delayMs: number
}

export const NO_LINE_FAULTS: LineFaultRates = { loss: 0, duplicate: 0, reorder: 0, delayMs: 0 }

/** What a line has done. */
export enum LineFault {
  Sent = 0,
  Lost = 1,
  Duplicated = 2,
  Reordered = 3,
  Delayed = 4,
  /** More packets waited than the bound. */
  Overflowed = 5,
  Count = 6,
}

interface Waiting {
  readonly bytes: Uint8Array
  readonly dueNs: number
}

const WAITING_MAX = 8192
const NS_PER_MS = 1e6

/**
 * One line of a feed between its sender and the wire: loses, doubles, swaps and delays packets, as a seed decides. The rates
 * may change at any time. Bound: the packets that wait; policy: beyond it the newest is dropped and counted.
 */
export class LineFaults {
  /** By `LineFault`. */
  readonly counts = new Float64Array(LineFault.Count)
  readonly rates: LineFaultRates
  private readonly random: RandomStream
  private readonly deliver: (bytes: Uint8Array) => void
  private waiting: Waiting[] = []
  /** A packet that goes behind the next one. */
  private held: Uint8Array | undefined
  private latestDueNs = 0

  /** @param deliver sends a packet; the bytes are its own */
  constructor(rates: LineFaultRates, random: RandomStream, deliver: (bytes: Uint8Array) => void) {
    this.rates = { ...rates }
    this.random = random
    this.deliver = deliver
  }

  /** A packet that the line is to carry. */
  offer(packet: Uint8Array, nowNs: number): void {
    const { rates, random, counts } = this
    if (random.chance(rates.loss)) {
      counts[LineFault.Lost]!++
      return
    }
    const bytes = packet.slice()
    if (this.held === undefined && random.chance(rates.reorder)) {
      counts[LineFault.Reordered]!++
      this.held = bytes
      return
    }
    this.carry(bytes, nowNs)
    if (random.chance(rates.duplicate)) {
      counts[LineFault.Duplicated]!++
      this.carry(bytes, nowNs)
    }
    if (this.held === undefined) return
    const held = this.held
    this.held = undefined
    this.carry(held, nowNs)
  }

  /** Sends what has waited long enough. */
  release(nowNs: number): void {
    let count = 0
    while (count < this.waiting.length && this.waiting[count]!.dueNs <= nowNs) this.send(this.waiting[count++]!.bytes)
    if (count > 0) this.waiting = this.waiting.slice(count)
  }

  /** Sends all that waits, at the end. */
  drain(): void {
    if (this.held !== undefined) this.carry(this.held, this.latestDueNs)
    this.held = undefined
    this.release(Number.POSITIVE_INFINITY)
  }

  private carry(bytes: Uint8Array, nowNs: number): void {
    const delayNs = this.rates.delayMs === 0 ? 0 : this.random.unit() * this.rates.delayMs * NS_PER_MS
    const dueNs = Math.max(this.latestDueNs, nowNs + delayNs)
    if (dueNs <= nowNs && this.waiting.length === 0) {
      this.send(bytes)
      return
    }
    if (this.waiting.length === WAITING_MAX) {
      this.counts[LineFault.Overflowed]!++
      return
    }
    this.latestDueNs = dueNs
    this.counts[LineFault.Delayed]!++
    this.waiting.push({ bytes, dueNs })
  }

  private send(bytes: Uint8Array): void {
    this.counts[LineFault.Sent]!++
    this.deliver(bytes)
  }
}

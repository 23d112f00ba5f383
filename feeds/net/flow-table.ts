import { DatagramField } from './datagram.ts'

/** Slots of a flow's counters. */
export enum FlowCount {
  Packets = 0,
  PayloadBytes = 1,
  Count = 2,
}

/** Flows that are told apart; a power of two, twice as large as the bound so that probing stays short. */
const SLOTS = 4096
export const FLOWS_MAX = SLOTS / 2
const KEY_WORDS = 3

/** One flow, for reports. */
export interface FlowFacts {
  /** `udp SOURCE:PORT>TARGET:PORT`, or `other`. */
  readonly flow: string
  readonly packets: number
  readonly payloadBytes: number
  readonly protocol: string
}

/**
 * UDP flows by addresses and ports, numbered from 0 in the order of first sight.
 * Bound: FLOWS_MAX; policy: packets of further flows share the last number, counted together as `other`.
 */
export class FlowTable {
  count = 0
  /** `FlowCount.Count` doubles a flow. */
  readonly counts = new Float64Array((FLOWS_MAX + 1) * FlowCount.Count)
  readonly #keys = new Int32Array(FLOWS_MAX * KEY_WORDS)
  readonly #slots = new Int16Array(SLOTS).fill(-1)
  #last = -1

  /** The number of the datagram's flow; counts the packet. */
  note(fields: Int32Array): number {
    const source = fields[DatagramField.SourceAddress]!
    const target = fields[DatagramField.TargetAddress]!
    const ports = (fields[DatagramField.SourcePort]! << 16) | fields[DatagramField.TargetPort]!
    let flow = this.#last
    if (flow < 0 || !this.#is(flow, source, target, ports)) flow = this.#find(source, target, ports)
    this.#last = flow < FLOWS_MAX ? flow : -1
    this.counts[flow * FlowCount.Count + FlowCount.Packets]!++
    this.counts[flow * FlowCount.Count + FlowCount.PayloadBytes]! += fields[DatagramField.PayloadLength]!
    return flow
  }

  /** The port that a flow's packets are sent to; 0 of the flows beyond the bound. */
  targetPort(flow: number): number {
    return flow < FLOWS_MAX ? this.#keys[flow * KEY_WORDS + 2]! & 0xffff : 0
  }

  /**
   * Flows as plain objects, for reports.
   * @param describe what a flow carries
   */
  toObjects(describe: (flow: number) => string): FlowFacts[] {
    const flows = []
    const end = this.counts[FLOWS_MAX * FlowCount.Count]! > 0 ? FLOWS_MAX + 1 : this.count
    for (let flow = 0; flow < end; flow++) {
      flows.push({
        flow: flow === FLOWS_MAX ? 'other' : this.#name(flow),
        packets: this.counts[flow * FlowCount.Count + FlowCount.Packets]!,
        payloadBytes: this.counts[flow * FlowCount.Count + FlowCount.PayloadBytes]!,
        protocol: describe(flow),
      })
    }
    return flows
  }

  #is(flow: number, source: number, target: number, ports: number): boolean {
    const at = flow * KEY_WORDS
    return this.#keys[at] === source && this.#keys[at + 1] === target && this.#keys[at + 2] === ports
  }

  #find(source: number, target: number, ports: number): number {
    let slot =
      (Math.imul(source ^ Math.imul(target, 0x9e3779b1) ^ Math.imul(ports, 0x85ebca6b), 0xc2b2ae35) >>> 20) % SLOTS
    for (;;) {
      const flow = this.#slots[slot]!
      if (flow < 0) return this.#add(slot, source, target, ports)
      if (this.#is(flow, source, target, ports)) return flow
      slot = (slot + 1) % SLOTS
    }
  }

  #add(slot: number, source: number, target: number, ports: number): number {
    if (this.count === FLOWS_MAX) return FLOWS_MAX
    const flow = this.count++
    this.#slots[slot] = flow
    this.#keys[flow * KEY_WORDS] = source
    this.#keys[flow * KEY_WORDS + 1] = target
    this.#keys[flow * KEY_WORDS + 2] = ports
    return flow
  }

  #name(flow: number): string {
    const at = flow * KEY_WORDS
    const ports = this.#keys[at + 2]!
    return `udp ${formatAddress(this.#keys[at]!)}:${ports >>> 16}>${formatAddress(this.#keys[at + 1]!)}:${ports & 0xffff}`
  }
}

function formatAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

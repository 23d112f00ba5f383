import { formatIpv4, formatIpv6 } from './address.ts'
import { ADDRESS_WORDS, PacketField, TRANSPORT_TCP, TRANSPORT_V6 } from './packet-fields.ts'

/** Slots of a flow's counters. */
export enum FlowCount {
  Packets = 0,
  PayloadBytes = 1,
  Count = 2,
}

/** Flows that are told apart; a power of two, twice as large as the bound so that probing stays short. */
const SLOTS = 4096
export const FLOWS_MAX = SLOTS / 2

/** Words of a flow's key. The last three words of an IPv4 address are zero. */
enum Key {
  Transport = 0,
  Source = 1,
  Target = 5,
  Ports = 9,
  Words = 10,
}

/** One flow, for reports. */
export interface FlowFacts {
  /** `udp SOURCE:PORT>TARGET:PORT` or `tcp …`, IPv6 addresses in brackets; or `other`. */
  readonly flow: string
  readonly packets: number
  readonly payloadBytes: number
  readonly protocol: string
}

/**
 * UDP flows, and directions of TCP connections, by addresses and ports, numbered from 0 in the order of first sight.
 * Bound: FLOWS_MAX; policy: packets of further flows share the last number, counted together as `other`.
 */
export class FlowTable {
  count = 0
  /** `FlowCount.Count` doubles a flow. */
  readonly counts = new Float64Array((FLOWS_MAX + 1) * FlowCount.Count)
  readonly #keys = new Int32Array(FLOWS_MAX * Key.Words)
  readonly #slots = new Int16Array(SLOTS).fill(-1)
  #last = -1

  /** The number of the packet's flow; counts the packet. */
  note(fields: Int32Array): number {
    let flow = this.#last
    if (flow < 0 || !this.#is(flow, fields)) flow = this.#find(fields)
    this.#last = flow < FLOWS_MAX ? flow : -1
    this.counts[flow * FlowCount.Count + FlowCount.Packets]!++
    this.counts[flow * FlowCount.Count + FlowCount.PayloadBytes]! += fields[PacketField.PayloadLength]!
    return flow
  }

  /**
   * The address that a flow's packets are sent to, as four bytes from the highest; the four words of an IPv6 address folded into
   * one. 0 of the flows beyond the bound.
   */
  targetAddress(flow: number): number {
    if (flow >= FLOWS_MAX) return 0
    let folded = 0
    for (let word = 0; word < ADDRESS_WORDS; word++) folded ^= this.#keys[flow * Key.Words + Key.Target + word]!
    return folded
  }

  /** The port that a flow's packets are sent to; 0 of the flows beyond the bound. */
  targetPort(flow: number): number {
    return flow < FLOWS_MAX ? this.#keys[flow * Key.Words + Key.Ports]! & 0xffff : 0
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

  /** Whether flow `flow` is the direction of a TCP connection. */
  isTcp(flow: number): boolean {
    return (this.#keys[flow * Key.Words + Key.Transport]! & TRANSPORT_TCP) !== 0
  }

  #is(flow: number, fields: Int32Array): boolean {
    const keys = this.#keys
    const at = flow * Key.Words
    const transport = fields[PacketField.Transport]!
    return (
      keys[at + Key.Target] === fields[PacketField.TargetAddress] &&
      keys[at + Key.Ports] === joinPorts(fields) &&
      keys[at + Key.Source] === fields[PacketField.SourceAddress] &&
      keys[at + Key.Transport] === transport &&
      ((transport & TRANSPORT_V6) === 0 || this.#isSameV6(at, fields))
    )
  }

  #isSameV6(at: number, fields: Int32Array): boolean {
    for (let word = 1; word < ADDRESS_WORDS; word++) {
      if (this.#keys[at + Key.Source + word] !== fields[PacketField.SourceAddress + word]) return false
      if (this.#keys[at + Key.Target + word] !== fields[PacketField.TargetAddress + word]) return false
    }
    return true
  }

  #find(fields: Int32Array): number {
    let slot = hash(fields) % SLOTS
    for (;;) {
      const flow = this.#slots[slot]!
      if (flow < 0) return this.#add(slot, fields)
      if (this.#is(flow, fields)) return flow
      slot = (slot + 1) % SLOTS
    }
  }

  #add(slot: number, fields: Int32Array): number {
    if (this.count === FLOWS_MAX) return FLOWS_MAX
    const flow = this.count++
    this.#slots[slot] = flow
    const keys = this.#keys
    const at = flow * Key.Words
    keys[at + Key.Transport] = fields[PacketField.Transport]!
    keys[at + Key.Ports] = joinPorts(fields)
    const words = (fields[PacketField.Transport]! & TRANSPORT_V6) === 0 ? 1 : ADDRESS_WORDS
    for (let word = 0; word < words; word++) {
      keys[at + Key.Source + word] = fields[PacketField.SourceAddress + word]!
      keys[at + Key.Target + word] = fields[PacketField.TargetAddress + word]!
    }
    return flow
  }

  #name(flow: number): string {
    const at = flow * Key.Words
    const transport = this.#keys[at + Key.Transport]!
    const ports = this.#keys[at + Key.Ports]!
    const format = (from: number) => {
      const words = [...this.#keys.subarray(from, from + ADDRESS_WORDS)]
      return (transport & TRANSPORT_V6) === 0 ? formatIpv4(words[0]!) : `[${formatIpv6(words)}]`
    }
    const kind = (transport & TRANSPORT_TCP) === 0 ? 'udp' : 'tcp'
    return `${kind} ${format(at + Key.Source)}:${ports >>> 16}>${format(at + Key.Target)}:${ports & 0xffff}`
  }
}

function joinPorts(fields: Int32Array): number {
  return (fields[PacketField.SourcePort]! << 16) | fields[PacketField.TargetPort]!
}

function hash(fields: Int32Array): number {
  let source = fields[PacketField.SourceAddress]!
  let target = fields[PacketField.TargetAddress]! ^ fields[PacketField.Transport]!
  if ((fields[PacketField.Transport]! & TRANSPORT_V6) !== 0) {
    for (let word = 1; word < ADDRESS_WORDS; word++) {
      source = Math.imul(source, 0x01000193) ^ fields[PacketField.SourceAddress + word]!
      target = Math.imul(target, 0x01000193) ^ fields[PacketField.TargetAddress + word]!
    }
  }
  const mixed = source ^ Math.imul(target, 0x9e3779b1) ^ Math.imul(joinPorts(fields), 0x85ebca6b)
  return Math.imul(mixed, 0xc2b2ae35) >>> 20
}

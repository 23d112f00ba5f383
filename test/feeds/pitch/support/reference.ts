import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findCaptures } from '../../../support/captures.ts'

/** Expected facts of one unit: by another decoder. */
export interface UnitReference {
  readonly packets: number
  readonly messages: number
  readonly unsequenced_packets: number
  readonly heartbeats: number
  readonly first_seq: number | null
  readonly next_expected: number | null
  readonly gaps: number
  readonly missing: number
  readonly dups: number
}

/** What the reference files say, as far as the tests read it. */
export interface PitchReference {
  readonly pcap: {
    readonly packets: number
    readonly first_ts_ns: string
    readonly last_ts_ns: string
    readonly timestamps_going_backwards: number
    readonly flows: readonly {
      readonly flow: string
      readonly packets: number
      readonly payload_bytes: number
      readonly payload_sha256_in_file_order: string
    }[]
  }
  readonly decoded: {
    readonly messages_by_type: Readonly<Record<string, number>>
    readonly message_lengths: Readonly<Record<string, readonly number[]>>
    readonly units: Readonly<Record<string, UnitReference>>
    readonly pitch_over_tcp?: Readonly<
      Record<
        string,
        {
          readonly stream_bytes: number
          readonly unit_packets: number
          readonly messages_by_type: Readonly<Record<string, number>>
          readonly units: Readonly<Record<string, number>>
        }
      >
    >
  }
}

/** Folder of the Cboe captures, or undefined where there is none. */
export function findPitchCaptures(): string | undefined {
  const captures = findCaptures()
  const folder = captures === undefined ? undefined : join(captures, 'cboe-pitch')
  return folder !== undefined && existsSync(folder) ? folder : undefined
}

/** Paths below the folder of all captures with this ending. */
export function listPitchCaptures(ending: string): string[] {
  const folder = findPitchCaptures()
  if (folder === undefined) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .sort()
}

export function readReference(path: string): PitchReference {
  return JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')) as PitchReference
}

/** One packet's payload above UDP or TCP. */
export interface Payload {
  /** As the reference names it: `udp SOURCE:PORT>TARGET:PORT`. */
  readonly flow: string
  readonly bytes: Buffer
}

/** Reads a little-endian pcap file of Ethernet frames with plain code: payloads in file order. */
export function readPayloads(path: string): Payload[] {
  const file = readFileSync(path)
  const payloads: Payload[] = []
  for (let at = 24; at + 16 <= file.length; ) {
    const length = file.readUInt32LE(at + 8)
    payloads.push(readFrame(file.subarray(at + 16, at + 16 + length)))
    at += 16 + length
  }
  return payloads
}

function readFrame(frame: Buffer): Payload {
  let type = 12
  while (frame.readUInt16BE(type) === 0x8100) type += 4
  const ip = frame.subarray(type + 2, type + 2 + frame.readUInt16BE(type + 4))
  const header = (ip[0]! & 15) * 4
  const isUdp = ip[9] === 17
  const address = (at: number) => [...ip.subarray(at, at + 4)].join('.')
  const flow = `${address(12)}:${ip.readUInt16BE(header)}>${address(16)}:${ip.readUInt16BE(header + 2)}`
  const payloadAt = header + (isUdp ? 8 : (ip[header + 12]! >> 4) * 4)
  return { flow: `${isUdp ? 'udp' : 'tcp'} ${flow}`, bytes: ip.subarray(payloadAt) }
}

/** Bytes of each flow, joined in file order. */
export function joinFlows(payloads: readonly Payload[]): Map<string, Buffer> {
  const parts = new Map<string, Buffer[]>()
  for (const { flow, bytes } of payloads) parts.set(flow, [...(parts.get(flow) ?? []), bytes])
  return new Map([...parts].map(([flow, all]) => [flow, Buffer.concat(all)]))
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { OuchCodec } from '../../../feeds/ouch/codec.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../../../feeds/ouch/versions.ts'
import { u8, u16 } from '../support/bytes.ts'
import { hasCommand, temporaryFolder, writeTemporary } from '../support/drain.ts'
import { pcap } from '../support/frames.ts'
import { type Endpoints, tcpFrame, timed, V4 } from '../support/segments.ts'
import { plainMessage } from './support/messages.ts'

const hasTshark = hasCommand('tshark')
const folder = temporaryFolder()
const { requests, responses } = createOuchCodecs(OuchVersion.V42)
const PORT = V4.sourcePort

/** Messages whose letters the witness takes for others: it has a small m for M, and no trade now. */
const UNKNOWN_TO_WITNESS = ['M', 'N']

function soupOf(codec: OuchCodec, packetType: string): { types: string[]; packets: Buffer[] } {
  const types: string[] = []
  const packets: Buffer[] = []
  for (const layout of codec.layouts) {
    const type = String.fromCharCode(layout.type)
    if (codec === responses && UNKNOWN_TO_WITNESS.includes(type)) continue
    if (codec === requests && type === 'N') continue
    const bytes = new Uint8Array(OUCH_BYTES_MAX)
    const length = codec.encode(plainMessage(layout), bytes, 0)
    types.push(type)
    packets.push(Buffer.concat([u16(length + 1), u8(packetType.charCodeAt(0)), bytes.subarray(0, length)]))
  }
  return { types, packets }
}

function askTshark(packets: readonly Buffer[], ends: Endpoints, fields: readonly string[]): string[][] {
  const frames: Buffer[] = []
  let sequence = 1000
  for (const packet of packets) {
    frames.push(tcpFrame(packet, sequence, 0, ends))
    sequence += packet.length
  }
  const path = writeTemporary(folder, `ouch-${ends.sourcePort}.pcap`, pcap(timed(frames)))
  const as = ['-o', `soupbintcp.tcp.port:${PORT}`]
  const columns = fields.flatMap((field) => ['-e', field])
  const text = execFileSync('tshark', ['-r', path, ...as, '-T', 'fields', ...columns], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^'(.)'/, '$1').split('\t'))
}

const TO_VENUE: Endpoints = { source: V4.target, target: V4.source, sourcePort: V4.targetPort, targetPort: PORT }

describe.runIf(hasTshark)('the OUCH 4 dissector of tshark', { timeout: 60_000 }, () => {
  it('reads every request as it was meant', () => {
    const { types, packets } = soupOf(requests, 'U')
    const fields = ['ouch.packet_type', 'ouch.order_token', 'ouch.shares', 'ouch.stock', 'ouch.price', '_ws.malformed']
    const rows = askTshark(packets, TO_VENUE, fields)
    expect(rows.map(([type]) => type)).toEqual(types)
    const order = rows[types.indexOf('O')]!
    expect(order.slice(1, 4).map((text) => text.trim())).toEqual(['ABC123', '100', 'ZVZZT'])
    expect(order[4]).toContain('102500')
    expect(rows.map((row) => row[5] ?? '')).toEqual(types.map(() => ''))
  })

  it('reads every response as it was meant', () => {
    const { types, packets } = soupOf(responses, 'S')
    const fields = [
      'ouch.packet_type',
      'ouch.timestamp',
      'ouch.match_number',
      'ouch.order_reference_number',
      '_ws.malformed',
    ]
    const rows = askTshark(packets, V4, fields)
    expect(rows.map(([type]) => type)).toEqual(types)
    for (const row of rows) expect(row[1], row[0]).not.toBe('')
    for (const type of 'EGBF') expect(Number(rows[types.indexOf(type)]![2]), type).toBe(88)
    for (const type of 'AT') expect(Number(rows[types.indexOf(type)]![3]), type).toBe(77)
    expect(rows.map((row) => row[4] ?? '')).toEqual(types.map(() => ''))
  })
})

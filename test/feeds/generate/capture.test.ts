import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CaptureFacts, generateSession, type SessionFacts } from '../../../feeds/generate/generate-session.ts'
import { midnightEpochSeconds } from '../../../feeds/generate/session-date.ts'

const hasTshark = spawnSync('tshark', ['--version']).status === 0
if (!hasTshark) console.log('skipped: tshark is not installed, captures are not checked by an outside witness')

const COLUMNS = [
  'frame.time_epoch',
  'eth.dst',
  'ip.dst',
  'udp.dstport',
  'ip.checksum.status',
  'udp.checksum.status',
  'moldudp64.session',
  'moldudp64.sequence',
  'moldudp64.count',
  'udp.length',
  'moldudp64.msglen',
] as const
const UDP_PAYLOAD_BYTES_MAX = 700

interface Packet {
  timeNs: bigint
  session: string
  sequence: number
  count: number
  payloadBytes: number
  messages: number
}

describe.runIf(hasTshark)('a generated capture, read by tshark', () => {
  let folder: string
  let path: string
  let facts: SessionFacts
  let capture: CaptureFacts
  let packets: Packet[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'xk-generate-capture-'))
    path = join(folder, 'session.pcapng.gz')
    facts = await generateSession({
      seed: 8,
      symbols: 30,
      messages: 12_000,
      startTimeNs: 33_600_000_000_000,
      endTimeNs: 34_600_000_000_000,
      date: '2024-07-01',
      utcOffsetMinutes: -240,
      session: 'TESTDAY1',
      packets: { payloadBytesMax: UDP_PAYLOAD_BYTES_MAX },
      capturePath: path,
    })
    capture = facts.capture!
    const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE', '-d', 'udp.port==26477,moldudp64']
    const run = spawnSync('tshark', ['-r', path, ...checks, '-T', 'fields', ...COLUMNS.flatMap((c) => ['-e', c])], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    expect(run.status, run.stderr).toBe(0)
    packets = run.stdout.replace(/\n$/, '').split('\n').map(readPacket)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function readPacket(line: string): Packet {
    const [time, mac, group, port, ip, udp, session, sequence, count, udpLength, lengths] = line.split('\t') as string[]
    expect([mac, group, port, ip, udp]).toEqual(['01:00:5e:36:0c:6f', '233.54.12.111', '26477', '1', '1'])
    const [seconds, fraction] = time!.split('.') as [string, string]
    return {
      timeNs: BigInt(seconds + fraction.padEnd(9, '0')),
      session: session!.trimEnd(),
      sequence: Number(sequence),
      count: Number(count),
      payloadBytes: Number(udpLength) - 8,
      messages: lengths === '' ? 0 : lengths!.split(',').length,
    }
  }

  it('has sequences without a gap and counts that agree with its facts', () => {
    let next = 1
    for (const packet of packets) {
      expect(packet.session).toBe('TESTDAY1')
      expect(packet.sequence).toBe(next)
      if (packet.count === 0xffff) continue
      expect(packet.messages).toBe(packet.count)
      next += packet.count
    }
    expect(next - 1).toBe(facts.messages)
    expect(capture.lastSequence).toBe(facts.messages)
    expect(packets.length).toBe(capture.packets)
    expect(packets.filter((packet) => packet.count === 0).length).toBe(capture.heartbeats)
    expect(packets.filter((packet) => packet.count === 0xffff).length).toBe(capture.endOfSessionPackets)
    expect(packets.at(-1)!.count).toBe(0xffff)
  })

  it('has ascending nanosecond stamps, and never an idle second without a heartbeat', () => {
    expect(packets[0]!.timeNs.toString()).toBe(capture.firstTimeNs)
    expect(packets.at(-1)!.timeNs.toString()).toBe(capture.lastTimeNs)
    for (let i = 1; i < packets.length; i++) {
      const gapNs = packets[i]!.timeNs - packets[i - 1]!.timeNs
      expect(gapNs > 0n && gapNs <= 1_000_010_000n).toBe(true)
    }
    expect(capture.heartbeats).toBeGreaterThan(10)
  })

  it('packs several messages into a packet, within the payload limit', () => {
    const data = packets.filter((packet) => packet.count > 0 && packet.count < 0xffff)
    expect(facts.messages / data.length).toBeGreaterThan(2)
    expect(Math.max(...packets.map((packet) => packet.payloadBytes))).toBeLessThanOrEqual(UDP_PAYLOAD_BYTES_MAX)
  })

  it('is a nanosecond pcapng for capinfos', () => {
    const run = spawnSync('capinfos', ['-M', '-t', '-c', '-E', path], { encoding: 'utf8' })
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/pcapng/)
    expect(run.stdout).toMatch(new RegExp(`Number of packets:\\s+${capture.packets}`))
  })
})

describe('the exchange date', () => {
  it('becomes the epoch second of its midnight', () => {
    for (const date of ['1970-01-01', '2000-02-29', '2024-12-31', '2025-01-15', '2099-03-01']) {
      expect(midnightEpochSeconds(date, 0)).toBe(Date.parse(`${date}T00:00:00Z`) / 1000)
    }
    expect(midnightEpochSeconds('2025-01-15', -300)).toBe(Date.parse('2025-01-15T00:00:00-05:00') / 1000)
  })
})

describe('the sample session', () => {
  const sample = new URL('../../../replay-data/', import.meta.url).pathname

  it('is what its facts file says its options make', async () => {
    const facts = JSON.parse(readFileSync(join(sample, 'sample-session.json'), 'utf8')) as SessionFacts
    const folder = mkdtempSync(join(tmpdir(), 'xk-generate-sample-'))
    try {
      const made = await generateSession({
        seed: 11,
        symbols: 24,
        messages: 250_000,
        startTimeNs: 34_080_000_000_000,
        openTimeNs: 34_200_000_000_000,
        closeTimeNs: 35_280_000_000_000,
        endTimeNs: 35_370_000_000_000,
        capturePath: join(folder, 'sample-session.pcapng'),
      })
      const path = facts.capture!.path
      expect({ ...made, capture: { ...made.capture, path } }).toEqual(facts)
      const packed = readFileSync(join(sample, 'sample-session.pcapng.gz'))
      expect(packed.length).toBeLessThan(5_000_000)
      const { gunzipSync } = await import('node:zlib')
      expect(gunzipSync(packed).equals(readFileSync(join(folder, 'sample-session.pcapng')))).toBe(true)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

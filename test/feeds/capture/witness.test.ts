import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { BufferSource } from '../../../feeds/capture/byte-source.ts'
import { ByteWindow } from '../../../feeds/capture/byte-window.ts'
import { DamageLog } from '../../../feeds/capture/damage.ts'
import { type FrameReader, FrameStatus } from '../../../feeds/capture/frame-reader.ts'
import { PcapReader } from '../../../feeds/capture/pcap-reader.ts'
import { PcapNgReader } from '../../../feeds/capture/pcapng-reader.ts'
import { CaptureKind, recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { parseFrame } from '../../../feeds/net/frame.ts'
import { PacketField } from '../../../feeds/net/packet-fields.ts'
import { Undecoded } from '../../../feeds/net/undecoded.ts'
import { u16 } from '../support/bytes.ts'
import { hasCommand, temporaryFolder, writeTemporary } from '../support/drain.ts'
import { ipv4Udp, PcapNgWriter, pcap, type TestFrame } from '../support/frames.ts'
import { moldFrames } from '../support/sample.ts'

const hasTshark = hasCommand('tshark')
const folder = temporaryFolder()

interface SeenFrame {
  readonly time: string
  readonly captured: number
  readonly original: number
  readonly ports: string
  readonly payload: string
}

function readFrames(bytes: Uint8Array, pieceBytes?: number): SeenFrame[] {
  const window = new ByteWindow()
  window.open(new BufferSource(bytes, pieceBytes))
  const damage = new DamageLog()
  const isPcap = recogniseCapture(bytes).kind === CaptureKind.Pcap
  const reader: FrameReader = isPcap ? new PcapReader(window, damage) : new PcapNgReader(window, damage)
  const fields = new Int32Array(PacketField.Count)
  const frames: SeenFrame[] = []
  for (;;) {
    const status = reader.next()
    if (status === FrameStatus.End) break
    if (status !== FrameStatus.Frame) continue
    const reason = parseFrame(window.u8, reader.frameAt, reader.frameLength, reader.linkType, fields)
    const at = fields[PacketField.PayloadAt]!
    const payload = Buffer.from(window.u8.subarray(at, at + fields[PacketField.PayloadLength]!)).toString('hex')
    frames.push({
      time: `${reader.time[0]}.${String(reader.time[1]).padStart(9, '0')}`,
      captured: reader.frameLength,
      original: reader.originalLength,
      ports: reason === Undecoded.None ? `${fields[PacketField.SourcePort]},${fields[PacketField.TargetPort]}` : '',
      payload: reason === Undecoded.None ? payload : '',
    })
  }
  expect(damage.toObject()).toEqual({})
  return frames
}

function askTshark(path: string): SeenFrame[] {
  const fields = ['frame.time_epoch', 'frame.cap_len', 'frame.len', 'udp.srcport', 'udp.dstport', 'udp.payload']
  const text = execFileSync('tshark', ['-r', path, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [time, captured, original, source, target, payload] = line.split('\t')
      const ports = source === '' ? '' : `${source},${target}`
      return { time: time!, captured: Number(captured), original: Number(original), ports, payload: payload ?? '' }
    })
}

const frames = moldFrames(24, { vlans: [3, 141], ipOptions: Buffer.alloc(4, 1) })
const cooked: TestFrame[] = moldFrames(6).map((frame, i) => ({
  ...frame,
  bytes: Buffer.concat([Buffer.alloc(14), u16(0x0800), ipv4Udp(Buffer.from(`payload ${i}`))]),
}))

function pcapng(isLittle: boolean): Buffer {
  const writer = new PcapNgWriter(isLittle).section()
  writer.interface({ linkType: 1, resolution: 9 }).interface({ linkType: 113, resolution: 0x8a, offsetSeconds: 3600n })
  writer.block(0x7777, Buffer.alloc(40, 7))
  for (const frame of frames.slice(0, 6)) writer.enhanced(frame)
  for (const frame of cooked) writer.enhanced({ ...frame, interface: 1 })
  writer.block(5, Buffer.alloc(16)).section().interface({ linkType: 1 })
  for (const frame of frames.slice(6)) writer.enhanced(frame)
  return writer.bytes()
}

const FILES: Record<string, Buffer> = {
  'little-nanos.pcap': pcap(frames),
  'big-nanos.pcap': pcap(frames, { isLittle: false }),
  'little-micros.pcap': pcap(frames, { isNanos: false }),
  'big-micros.pcap': pcap(frames, { isLittle: false, isNanos: false }),
  'cooked.pcap': pcap(cooked, { linkType: 113 }),
  'raw.pcap': pcap(
    frames.map((frame, i) => ({ ...frame, bytes: ipv4Udp(Buffer.from(`payload ${i}`)) })),
    { linkType: 101 },
  ),
  'cut.pcap': pcap(
    frames.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, 30), originalLength: frame.bytes.length })),
    { snapLength: 30 },
  ),
  'little.pcapng': pcapng(true),
  'big.pcapng': pcapng(false),
}

describe.runIf(hasTshark)('frames, times, ports and payloads are those that tshark reads', { timeout: 180_000 }, () => {
  it.each(Object.keys(FILES))('of %s', (name) => {
    const bytes = FILES[name]!
    const expected = askTshark(writeTemporary(folder, name, bytes))
    expect(expected.length).toBeGreaterThan(1)
    expect(readFrames(bytes)).toEqual(expected)
  })
})

describe('a file is read the same', () => {
  it.each(Object.keys(FILES))('in pieces of any size: %s', (name) => {
    const bytes = FILES[name]!
    const whole = readFrames(bytes)
    for (const pieceBytes of [1, 3, 17, 64]) expect(readFrames(bytes, pieceBytes)).toEqual(whole)
  })
})

describe('pcapng', () => {
  it('gives simple packets the length of their block, bounded by the snapshot length', () => {
    const writer = new PcapNgWriter(true).section().interface({ linkType: 1 })
    for (const frame of frames.slice(0, 3)) writer.simple(frame)
    expect(readFrames(writer.bytes()).map(({ captured }) => captured)).toEqual(
      frames.slice(0, 3).map(({ bytes }) => bytes.length),
    )
  })

  it.each([0, 3, 6, 9, 10, 0x80, 0x8a, 0xa0])('splits times of resolution %i exactly', (resolution) => {
    const isBinary = (resolution & 0x80) !== 0
    const perSecond = isBinary ? 1n << BigInt(resolution & 0x7f) : 10n ** BigInt(resolution)
    const timeNs = 1_692_711_563_322_630_726n
    const writer = new PcapNgWriter(true).section().interface({ linkType: 1, resolution })
    const [seen] = readFrames(writer.enhanced({ bytes: frames[0]!.bytes, timeNs }).bytes())
    const ticks = (timeNs * perSecond) / 1_000_000_000n
    const nanos = ((ticks % perSecond) * 1_000_000_000n) / perSecond
    expect(seen!.time).toBe(`${ticks / perSecond}.${String(nanos).padStart(9, '0')}`)
  })
})

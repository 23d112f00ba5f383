import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { inspectCapture } from '../../../feeds/inspect/inspect-capture.ts'
import { findCaptures } from '../../support/captures.ts'
import { u16, u32 } from '../support/bytes.ts'
import { drainBytes, hasCommand, sourceOf, temporaryFolder, writeTemporary } from '../support/drain.ts'
import { mold, PcapNgWriter, pcap, type TestFrame } from '../support/frames.ts'
import { itchMessages, moldFrames } from '../support/sample.ts'
import { frameOf, ip, tcpFrame, timed, udp, V6 } from '../support/segments.ts'

/*
 * The same datagrams behind other link layers and in other containers: as programs that are no part of the product write
 * them, and as the specifications do.
 */

const folder = temporaryFolder()
const captures = findCaptures()
const frames = moldFrames(90)
const expected = drainBytes(sourceOf(pcap(frames)))
const ETHERNET_BYTES = 14

function run(command: string, ...options: string[]): void {
  execFileSync(command, options, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** The frames behind a header of `head` in the place of Ethernet's. */
function rewrap(head: (etherType: Buffer) => Buffer): TestFrame[] {
  return frames.map((frame) => ({
    ...frame,
    bytes: Buffer.concat([head(frame.bytes.subarray(12, 14)), frame.bytes.subarray(ETHERNET_BYTES)]),
  }))
}

function hexDump(bytes: Buffer): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const line = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0'))
    lines.push(`${at.toString(16).padStart(6, '0')} ${line.join(' ')}`)
  }
  return `${lines.join('\n')}\n`
}

describe('the same records', { timeout: 60_000 }, () => {
  it.each<[string, number, (etherType: Buffer) => Buffer]>([
    ['Linux cooked', 113, (type) => Buffer.concat([u16(0), u16(1), u16(6), Buffer.alloc(8), type])],
    ['Linux cooked with a VLAN tag', 113, (type) => Buffer.concat([Buffer.alloc(14), u16(0x8100), u16(2233), type])],
    ['Linux cooked 2', 276, (type) => Buffer.concat([type, u16(0), u32(3), u16(1), u8s(0, 6), Buffer.alloc(8)])],
    ['QinQ', 1, (type) => Buffer.concat([Buffer.alloc(12, 2), u16(0x88a8), u16(7), u16(0x8100), u16(8), type])],
    [
      'old QinQ, three tags',
      1,
      (type) =>
        Buffer.concat([Buffer.alloc(12, 2), ...[0x9100, 1, 0x9100, 2, 0x8100, 3].map((word) => u16(word)), type]),
    ],
    ['raw IP', 101, () => Buffer.alloc(0)],
    ['raw IPv4', 228, () => Buffer.alloc(0)],
  ])('are in %s', (_name, linkType, head) => {
    expect(drainBytes(sourceOf(pcap(rewrap(head), { linkType }))).equals(expected)).toBe(true)
  })

  it('are on several interfaces of sections of both byte orders, among blocks of every kind', () => {
    const cooked = rewrap((type) => Buffer.concat([Buffer.alloc(14), type]))
    const write = (isLittle: boolean, from: number, to: number) => {
      const writer = new PcapNgWriter(isLittle).section()
      writer.interface({ linkType: 113, resolution: 0x94, offsetSeconds: -7200n })
      writer.block(4, Buffer.alloc(8)).interface({ linkType: 1, resolution: 9 })
      for (let i = from; i < to; i++) {
        // Custom blocks that may and may not be copied, decryption secrets, statistics, a journal entry, and an unknown one.
        const type = [0x0bad, 0x40000bad, 0x0a, 5, 9, 0x7fff1234][i % 6]!
        writer.block(type, Buffer.alloc(4 * (i % 40), i))
        writer.enhanced({ ...(i % 2 === 0 ? cooked[i]! : frames[i]!), interface: i % 2 })
      }
      return writer.bytes()
    }
    const source = sourceOf(
      Buffer.concat([write(true, 0, 10), write(false, 10, 20), write(true, 20, frames.length)]),
      100,
    )
    expect(drainBytes(source).equals(expected)).toBe(true)
    expect(source.facts().damage).toEqual({})
  })
})

function u8s(...values: number[]): Buffer {
  return Buffer.from(values)
}

describe.runIf(hasCommand('editcap') && hasCommand('text2pcap'))(
  'files of other programs',
  { timeout: 120_000 },
  () => {
    const original = writeTemporary(folder, 'original.pcap', pcap(frames))

    it.each(['pcap', 'nsecpcap', 'pcapng'])('written by editcap as %s give the same', (format) => {
      const path = join(folder, `copy.${format}`)
      run('editcap', '-F', format, original, path)
      expect(drainBytes(openFeed(path)).equals(expected)).toBe(true)
    })

    it('without their Ethernet headers, cut off by editcap, are raw IP and give the same', () => {
      const path = join(folder, 'raw.pcap')
      run('editcap', '-L', '-C', `0:${ETHERNET_BYTES}`, '-T', 'rawip', '-F', 'pcap', original, path)
      expect(readFileSync(path).readUInt32LE(20)).toBe(101)
      expect(drainBytes(openFeed(path)).equals(expected)).toBe(true)
    })

    it.each([
      [113, (type: Buffer) => Buffer.concat([Buffer.alloc(14), type])],
      [276, (type: Buffer) => Buffer.concat([type, Buffer.alloc(18)])],
      [12, () => Buffer.alloc(0)],
    ])('written by text2pcap with link type %i give the same', (linkType, head) => {
      const dump = writeTemporary(
        folder,
        'dump.txt',
        Buffer.from(
          rewrap(head)
            .map(({ bytes }) => hexDump(bytes))
            .join(''),
        ),
      )
      const path = join(folder, `dump-${linkType}.pcap`)
      run('text2pcap', '-l', String(linkType), dump, path)
      expect(drainBytes(openFeed(path)).equals(expected)).toBe(true)
    })

    it('with Ethernet, IPv6 and UDP headers made by text2pcap give the same', () => {
      const payloads = [1, 4, 7].map((first) =>
        mold('000010059B', BigInt(first), itchMessages(first + 2).slice(first - 1)),
      )
      const dump = writeTemporary(folder, 'payloads.txt', Buffer.from(payloads.map(hexDump).join('')))
      const path = join(folder, 'payloads.pcap')
      run('text2pcap', '-u', '26400,26477', '-6', '2001:db8::1,ff02::1', dump, path)
      const source = openFeed(path, { verifyChecksums: true })
      expect(drainBytes(source).equals(drainBytes(sourceOf(pcap(moldFrames(9)))))).toBe(true)
      expect(source.facts().flows[0]!.flow).toBe('udp [2001:db8::1]:26400>[ff02::1]:26477')
      expect(source.facts().undecoded).toEqual({})
    })

    it.runIf(captures !== undefined)('that editcap makes of real captures hold the same flows', () => {
      for (const name of ['miax-mach/tom_20161018_first13000.pcap', 'cme-mdp3/mdp3_v8_AB_20160927.pcapng']) {
        const path = join(folder, 'real.pcapng')
        run('editcap', '-F', 'pcapng', join(captures!, name), path)
        const read = (file: string) => {
          const source = openFeed(file)
          drainBytes(source)
          const { flows, firstTimeNs, lastTimeNs, frameBytes } = source.facts()
          return { flows, firstTimeNs, lastTimeNs, frameBytes }
        }
        expect(read(path), name).toEqual(read(join(captures!, name)))
      }
    })
  },
)

describe('checksums, verified on request', () => {
  const payload = mold('000010059B', 1n, itchMessages(3))
  const good = frameOf(ip(udp(payload), 17))
  const bad = Buffer.from(frameOf(ip(udp(mold('000010059B', 4n, itchMessages(6).slice(3))), 17)))
  bad[bad.length - 1]! ^= 1
  const segment = tcpFrame(Buffer.alloc(20), 1, 0, V6)
  segment[segment.length - 1]! ^= 1
  const path = writeTemporary(folder, 'checksums.pcap', pcap(timed([good, bad, segment])))

  it.each([
    [undefined, {}, 6],
    [true, { badUdpChecksum: 1, badTcpChecksum: 1 }, 3],
  ])('verifyChecksums: %s', (verifyChecksums, undecoded, messages) => {
    const source = openFeed(path, { verifyChecksums })
    drainBytes(source)
    const facts = source.facts()
    expect(facts.messages).toBe(messages)
    expect(facts.undecoded).toMatchObject(undecoded)
    if (verifyChecksums === true) expect(facts.flows.length).toBe(1)
  })

  it('are verified by an inspection that is asked to', async () => {
    const facts = await inspectCapture([path], { threaded: false, verifyChecksums: true })
    expect(facts.undecoded).toEqual({ badUdpChecksum: 1, badTcpChecksum: 1 })
  })
})

import { describe, expect, it } from 'vitest'
import { verifyChecksum } from '../../../feeds/net/checksum.ts'
import { FlowTable } from '../../../feeds/net/flow-table.ts'
import { parseFrame } from '../../../feeds/net/frame.ts'
import { PacketField } from '../../../feeds/net/packet-fields.ts'
import { Undecoded } from '../../../feeds/net/undecoded.ts'
import { u8, u16, u32 } from '../support/bytes.ts'
import { ethernet, ipv4, ipv4Udp, udpFrame } from '../support/frames.ts'
import { frameOf, ip, tcp, tcpFrame, udp, V4, V6 } from '../support/segments.ts'

const PAYLOAD = Buffer.from('the payload')

interface Parsed {
  readonly reason: Undecoded
  readonly payload: string
  readonly fields: Int32Array
}

/** Parses with other bytes before and behind, and checks that none of them is used. */
function parse(frame: Buffer, linkType = 1, length = frame.length): Parsed {
  const bytes = Buffer.concat([Buffer.alloc(3, 0xff), frame, Buffer.alloc(64, 0xff)])
  const fields = new Int32Array(PacketField.Count)
  const reason = parseFrame(bytes, 3, length, linkType, fields)
  const at = fields[PacketField.PayloadAt]!
  const payload = bytes.toString('latin1', at, at + fields[PacketField.PayloadLength]!)
  if (reason === Undecoded.None) expect(at + fields[PacketField.PayloadLength]!).toBeLessThanOrEqual(3 + length)
  return { reason, payload, fields }
}

describe('a UDP datagram is found', () => {
  it.each([
    ['in Ethernet', udpFrame(PAYLOAD), 1, -1],
    ['behind a VLAN tag', udpFrame(PAYLOAD, { vlans: [141] }), 1, 141],
    ['behind stacked VLAN tags', udpFrame(PAYLOAD, { vlans: [7, 141] }), 1, 141],
    ['behind IP options', udpFrame(PAYLOAD, { ipOptions: Buffer.alloc(12, 1) }), 1, -1],
    ['before Ethernet padding', udpFrame(PAYLOAD, { padding: 20 }), 1, -1],
    ['in raw IP', ipv4Udp(PAYLOAD), 101, -1],
    ['in raw IPv4', ipv4Udp(PAYLOAD), 228, -1],
    ['in a Linux cooked capture', Buffer.concat([Buffer.alloc(14), u16(0x0800), ipv4Udp(PAYLOAD)]), 113, -1],
    ['in a Linux cooked capture, version 2', Buffer.concat([u16(0x0800), Buffer.alloc(18), ipv4Udp(PAYLOAD)]), 276, -1],
  ])('%s', (_name, frame, linkType, vlan) => {
    const { reason, payload, fields } = parse(frame as Buffer, linkType as number)
    expect(reason).toBe(Undecoded.None)
    expect(payload).toBe('the payload')
    expect(fields[PacketField.Vlan]).toBe(vlan)
    expect(fields[PacketField.SourcePort]).toBe(4000)
    expect(fields[PacketField.TargetPort]).toBe(26477)
    expect(fields[PacketField.TargetAddress]! >>> 0).toBe(0xe9360c6f)
    expect(fields[PacketField.IsCut]).toBe(0)
  })

  it('as far as a frame that the capture cut holds it', () => {
    const frame = udpFrame(PAYLOAD)
    const { reason, payload, fields } = parse(frame, 1, frame.length - 4)
    expect(reason).toBe(Undecoded.None)
    expect(payload).toBe('the pay')
    expect(fields[PacketField.IsCut]).toBe(1)
  })
})

describe('behind IPv6', () => {
  const extension = (next: number, bytes = 8) => Buffer.concat([u8(next), u8((bytes - 8) / 8), Buffer.alloc(bytes - 2)])
  const authentication = (next: number) => Buffer.concat([u8(next), u8(4), Buffer.alloc(22)])
  const datagram = udp(PAYLOAD, V6)

  it.each([
    ['a UDP datagram', frameOf(ip(datagram, 17, V6)), 1],
    ['behind stacked VLAN tags', ethernet(ip(datagram, 17, V6), 0x86dd, { vlans: [7, 141] }), 1],
    ['in raw IP', ip(datagram, 17, V6), 101],
    ['in raw IPv6', ip(datagram, 17, V6), 229],
    ['in a Linux cooked capture', Buffer.concat([Buffer.alloc(14), u16(0x86dd), ip(datagram, 17, V6)]), 113],
    ['behind a hop-by-hop header', frameOf(ip(Buffer.concat([extension(17), datagram]), 0, V6)), 1],
    ['behind a longer one', frameOf(ip(Buffer.concat([extension(17, 24), datagram]), 60, V6)), 1],
    [
      'behind three',
      frameOf(ip(Buffer.concat([extension(43), extension(51, 16), authentication(17), datagram]), 0, V6)),
      1,
    ],
  ])('%s is found', (_name, frame, linkType) => {
    const { reason, payload, fields } = parse(frame, linkType)
    expect(reason).toBe(Undecoded.None)
    expect(payload).toBe('the payload')
    const table = new FlowTable()
    table.note(fields)
    expect(table.toObjects(() => '')[0]!.flow).toBe('udp [2001:db8::1]:5>[ff02::1]:6')
  })

  it('a chain of extension headers without an end, or cut, is counted', () => {
    const chain = Buffer.concat(Array.from({ length: 9 }, () => extension(60)))
    expect(parse(frameOf(ip(Buffer.concat([chain, datagram]), 60, V6))).reason).toBe(Undecoded.BadIpHeader)
    expect(parse(frameOf(ip(Buffer.alloc(4), 60, V6))).reason).toBe(Undecoded.BadIpHeader)
    const frame = frameOf(ip(Buffer.concat([extension(17), datagram]), 60, V6))
    expect(parse(frame, 1, 56).reason).toBe(Undecoded.ShortFrame)
    expect(parse(frameOf(ip(Buffer.alloc(8), 58, V6))).reason).toBe(Undecoded.Icmp)
    expect(parse(frameOf(ip(Buffer.alloc(8), 59, V6))).reason).toBe(Undecoded.OtherIpProtocol)
  })
})

describe('a TCP segment', () => {
  it.each([
    ['IPv4', V4],
    ['IPv6', V6],
  ])('over %s is found, with its number and flags', (_version, ends) => {
    const { reason, payload, fields } = parse(tcpFrame(PAYLOAD, 0xfffffff0, 2, ends))
    expect(reason).toBe(Undecoded.None)
    expect(payload).toBe('the payload')
    expect(fields[PacketField.TcpSequence]! >>> 0).toBe(0xfffffff0)
    expect(fields[PacketField.TcpFlags]! & 7).toBe(2)
    const short = tcpFrame(PAYLOAD, 1, 0, ends)
    const cut = parse(short, 1, short.length - 20)
    expect([cut.reason, cut.payload, cut.fields[PacketField.IsCut]]).toEqual([Undecoded.None, '', 1])
  })
})

describe('checksums', () => {
  const verify = (frame: Buffer) => {
    const fields = new Int32Array(PacketField.Count)
    expect(parseFrame(frame, 0, frame.length, 1, fields)).toBe(Undecoded.None)
    return verifyChecksum(frame, fields)
  }
  it.each([
    ['UDP over IPv4', frameOf(ip(udp(PAYLOAD), 17)), Undecoded.BadUdpChecksum],
    ['UDP over IPv6', frameOf(ip(udp(PAYLOAD, V6), 17, V6)), Undecoded.BadUdpChecksum],
    ['TCP over IPv4', frameOf(ip(tcp(PAYLOAD, 1), 6)), Undecoded.BadTcpChecksum],
    ['TCP over IPv6', frameOf(ip(tcp(PAYLOAD, 1, 0, V6), 6, V6)), Undecoded.BadTcpChecksum],
  ])('of %s that are right pass, and any flipped bit of the payload is found', (_name, frame, reason) => {
    expect(verify(frame)).toBe(Undecoded.None)
    for (let bit = (frame.length - PAYLOAD.length) * 8; bit < frame.length * 8; bit++) {
      const flipped = Buffer.from(frame)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(verify(flipped)).toBe(reason)
    }
  })

  it('may be left out over IPv4 only', () => {
    expect(verify(udpFrame(PAYLOAD))).toBe(Undecoded.None)
    const bytes = udp(PAYLOAD, V6)
    bytes.writeUInt16BE(0, 6)
    expect(verify(frameOf(ip(bytes, 17, V6)))).toBe(Undecoded.BadUdpChecksum)
  })
})

describe('a frame without one is counted by its reason', () => {
  const bad = (at: number, value: Buffer) => {
    const frame = udpFrame(PAYLOAD)
    value.copy(frame, at)
    return frame
  }
  it.each([
    [Undecoded.UnknownLinkType, udpFrame(PAYLOAD), 147],
    [Undecoded.ShortFrame, Buffer.alloc(13), 1],
    [Undecoded.ShortFrame, udpFrame(PAYLOAD).subarray(0, 33), 1],
    [Undecoded.ShortFrame, udpFrame(PAYLOAD).subarray(0, 40), 1],
    [Undecoded.ShortFrame, udpFrame(PAYLOAD, { vlans: [1] }).subarray(0, 16), 1],
    [Undecoded.ShortFrame, Buffer.alloc(0), 101],
    [Undecoded.Llc, ethernet(Buffer.alloc(50), 38), 1],
    [Undecoded.Arp, ethernet(Buffer.alloc(46), 0x0806), 1],
    [Undecoded.BadIpHeader, ethernet(Buffer.alloc(46), 0x86dd), 1],
    [Undecoded.ShortFrame, Buffer.alloc(39, 0x60), 101],
    [Undecoded.OtherIpProtocol, Buffer.alloc(60, 0x60), 101],
    [Undecoded.OtherEtherType, ethernet(Buffer.alloc(46), 0x88f7), 1],
    [Undecoded.BadIpHeader, bad(14, Buffer.from([0x55])), 1],
    [Undecoded.BadIpHeader, bad(14, Buffer.from([0x44])), 1],
    [Undecoded.BadIpHeader, bad(16, u16(19)), 1],
    [Undecoded.IpFragment, udpFrame(PAYLOAD, { flags: 0x2000 }), 1],
    [Undecoded.IpFragment, udpFrame(PAYLOAD, { flags: 0x0010 }), 1],
    [Undecoded.BadTcpHeader, ethernet(ipv4(PAYLOAD, 6)), 1],
    [Undecoded.BadTcpHeader, ethernet(ipv4(Buffer.alloc(20), 6)), 1],
    [Undecoded.BadTcpHeader, ethernet(ipv4(Buffer.alloc(20, 0xf0), 6)), 1],
    [Undecoded.Igmp, ethernet(ipv4(PAYLOAD, 2)), 1],
    [Undecoded.Icmp, ethernet(ipv4(PAYLOAD, 1)), 1],
    [Undecoded.OtherIpProtocol, ethernet(ipv4(PAYLOAD, 132)), 1],
    [Undecoded.BadUdpLength, bad(38, u16(7)), 1],
    [Undecoded.BadUdpLength, bad(38, u16(500)), 1],
    [Undecoded.BadUdpLength, ethernet(ipv4(Buffer.alloc(4), 17)), 1],
  ])('%s', (reason, frame, linkType) => {
    expect(parse(frame, linkType).reason).toBe(reason)
  })
})

describe('flows', () => {
  it('of IPv6 are told apart by every part of their addresses, and from those of IPv4 and TCP', () => {
    const table = new FlowTable()
    const note = (frame: Buffer) => table.note(parse(frame).fields)
    const ends = [V6]
    for (let byte = 0; byte < 16; byte++) {
      const flip = (address: Buffer) => Buffer.from(address.map((value, i) => (i === byte ? value ^ 1 : value)))
      ends.push({ ...V6, source: flip(V6.source) }, { ...V6, target: flip(V6.target) })
    }
    for (const [i, end] of ends.entries()) expect(note(frameOf(ip(udp(PAYLOAD, end), 17, end)))).toBe(i)
    expect(note(tcpFrame(PAYLOAD, 1, 0, V6))).toBe(ends.length)
    expect(note(tcpFrame(PAYLOAD, 1))).toBe(ends.length + 1)
    expect(note(frameOf(ip(udp(PAYLOAD), 17)))).toBe(ends.length + 2)
    for (const [i, end] of ends.entries()) expect(note(frameOf(ip(udp(PAYLOAD, end), 17, end)))).toBe(i)
    const names = table.toObjects(() => '').map(({ flow }) => flow)
    expect(new Set(names).size).toBe(ends.length + 3)
    expect(names.slice(-2)).toEqual(['tcp 10.0.0.1:18000>10.0.0.2:40001', 'udp 10.0.0.1:18000>10.0.0.2:40001'])
  })

  it('are numbered in the order of first sight and counted up to a bound, the rest together', () => {
    const table = new FlowTable()
    const fields = new Int32Array(PacketField.Count)
    fields[PacketField.PayloadLength] = 10
    const note = (address: number, port: number) => {
      fields[PacketField.SourceAddress] = u32(address).readInt32BE()
      fields[PacketField.TargetPort] = port
      return table.note(fields)
    }
    for (let i = 0; i < 3000; i++) expect(note(0xc0000000 + i * 0x01000193, i)).toBe(Math.min(i, 2048))
    expect(note(0xc0000000, 0)).toBe(0)
    const flows = table.toObjects(() => 'unknown')
    expect(flows.length).toBe(2049)
    expect(flows[0]).toEqual({ flow: 'udp 192.0.0.0:0>0.0.0.0:0', packets: 2, payloadBytes: 20, protocol: 'unknown' })
    expect(flows[2048]).toMatchObject({ flow: 'other', packets: 952 })
  })
})

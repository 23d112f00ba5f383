import { DEEP_LENGTHS, DEEP_PLUS_LENGTHS, Common as IexCommon, TOPS_LENGTHS } from '../iex/layout.ts'
import { IEX_TP_VERSION, IexTpHeader } from '../iex-tp/layout.ts'
import { Common, ITCH50_LENGTH } from '../itch50/layout.ts'
import { MDP3_SCHEMA_ID, MessageAt, PacketAt } from '../mdp3/layout.ts'
import { kindOf, MessageKind } from '../mdp3/templates.ts'
import { MoldHeader } from '../moldudp64/layout.ts'
import { PITCH_LENGTH_MIN } from '../pitch/message-lengths.ts'
import { UnitHeader } from '../pitch/unit-layout.ts'

/*
 * Datagrams made from the protocols' own tables of messages: one of every type and length, filled with bytes that count up.
 * They hold no market, but pass every check of framing, so that mutations of them reach the messages.
 */

const MESSAGES_EACH = 6
const SEQUENCE = 1000
/** High word of ns since 1970: in 2018. And of ns since midnight, six bytes: half past nine in the morning. */
const TIME_HIGH = 0x1500_0000
const ITCH_TIME_HIGH = 0x1f1a
const MDP3_VERSIONS = [8, 9, 13]
const MDP3_TEMPLATES_END = 80
/** A block and room for groups of some entries. */
const MDP3_MESSAGE_BYTES = 160
const MDP3_BLOCK_BYTES = 30
const IEX_PROTOCOLS: readonly (readonly [id: number, lengths: Int32Array])[] = [
  [0x8002, TOPS_LENGTHS],
  [0x8003, TOPS_LENGTHS],
  [0x8004, DEEP_LENGTHS],
  [0x8005, DEEP_PLUS_LENGTHS],
]

function message(bytes: number, typeAt: number, type: number): Buffer {
  const made = Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 7) & 0x7f))
  made[typeAt] = type
  return made
}

/** Groups of some messages each. */
function inGroups(messages: readonly Buffer[]): Buffer[][] {
  const groups: Buffer[][] = []
  for (let at = 0; at < messages.length; at += MESSAGES_EACH) groups.push(messages.slice(at, at + MESSAGES_EACH))
  return groups
}

function typesOf(lengths: ArrayLike<number>): Buffer[] {
  return Array.from({ length: 256 }, (_, type) => type)
    .filter((type) => lengths[type]! > 0)
    .map((type) => message(lengths[type]!, 0, type))
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}

/** MoldUDP64 with messages of ITCH 5.0. */
export function makeMold(): Buffer[] {
  const messages = typesOf(ITCH50_LENGTH)
  for (const one of messages) one.writeUInt16BE(ITCH_TIME_HIGH, Common.Timestamp)
  return inGroups(messages).map((group, index) => {
    const header = Buffer.alloc(MoldHeader.Bytes)
    header.write('FUZZ', MoldHeader.Session)
    header.writeUInt32BE(SEQUENCE + index * MESSAGES_EACH, MoldHeader.SequenceLow)
    header.writeUInt16BE(group.length, MoldHeader.Count)
    return Buffer.concat([header, ...group.flatMap((one) => [u16(one.length), one])])
  })
}

/** IEX-TP with messages of all four feeds. */
export function makeIex(): Buffer[] {
  return IEX_PROTOCOLS.flatMap(([id, lengths]) => {
    const messages = typesOf(lengths)
    for (const one of messages) one.writeUInt32LE(TIME_HIGH, IexCommon.TimeHigh)
    return inGroups(messages).map((group, index) => {
      const blocks = Buffer.concat(group.flatMap((one) => [Buffer.from(u16(one.length)).reverse(), one]))
      const header = Buffer.alloc(IexTpHeader.Bytes)
      header[IexTpHeader.Version] = IEX_TP_VERSION
      header.writeUInt16LE(id, IexTpHeader.Protocol)
      header.writeUInt16LE(blocks.length, IexTpHeader.PayloadBytes)
      header.writeUInt16LE(group.length, IexTpHeader.MessageCount)
      header.writeUInt32LE(SEQUENCE + index * MESSAGES_EACH, IexTpHeader.SequenceLow)
      header.writeUInt32LE(TIME_HIGH, IexTpHeader.SendTimeHigh)
      return Buffer.concat([header, blocks])
    })
  })
}

/** PITCH with messages of every type; in a stream they are as good. */
export function makePitch(): Buffer[] {
  const messages = Array.from({ length: 256 }, (_, type) => type)
    .filter((type) => PITCH_LENGTH_MIN[type]! > 0)
    .map((type) => {
      const made = message(PITCH_LENGTH_MIN[type]!, 1, type)
      made[0] = made.length
      return made
    })
  return inGroups(messages).map((group, index) => {
    const header = Buffer.alloc(UnitHeader.Bytes)
    header.writeUInt16LE(UnitHeader.Bytes + group.reduce((sum, one) => sum + one.length, 0), UnitHeader.Length)
    header[UnitHeader.Count] = group.length
    header[UnitHeader.Unit] = 1
    header.writeUInt32LE(1 + index * MESSAGES_EACH, UnitHeader.Sequence)
    return Buffer.concat([header, ...group])
  })
}

/** MDP 3.0 with messages of every template of three versions. */
export function makeMdp3(): Buffer[] {
  const templates = Array.from({ length: MDP3_TEMPLATES_END }, (_, id) => id).filter(
    (id) => kindOf(id) !== MessageKind.Unknown,
  )
  return MDP3_VERSIONS.flatMap((version) =>
    inGroups(templates.map((id) => makeMdp3Message(id, version))).map((group, index) => {
      const header = Buffer.alloc(PacketAt.Bytes)
      header.writeUInt32LE(1 + index, PacketAt.Sequence)
      header.writeUInt32LE(TIME_HIGH, PacketAt.SendingTimeHigh)
      return Buffer.concat([header, ...group])
    }),
  )
}

function makeMdp3Message(template: number, version: number): Buffer {
  const made = Buffer.alloc(MDP3_MESSAGE_BYTES, 1)
  made.writeUInt16LE(made.length, MessageAt.Size)
  made.writeUInt16LE(MDP3_BLOCK_BYTES, MessageAt.BlockLength)
  made.writeUInt16LE(template, MessageAt.TemplateId)
  made.writeUInt16LE(MDP3_SCHEMA_ID, MessageAt.SchemaId)
  made.writeUInt16LE(version, MessageAt.Version)
  return made
}

import { IexTpHeader } from '../iex-tp/layout.ts'
import { MessageAt, PacketAt } from '../mdp3/layout.ts'
import { MoldHeader } from '../moldudp64/layout.ts'
import { MessageHeader, UnitHeader } from '../pitch/unit-layout.ts'
import { SOUP_LENGTH_BYTES, SoupHeader } from '../soupbintcp/layout.ts'
import { FieldKind, type FieldList, type FindFields } from './field-list.ts'
import { readLittle, walkBlocks } from './walk-fields.ts'

/** Offsets in a dimension of a repeating group: its count is behind its block length, in the long form behind padding. */
enum GroupAt {
  BlockLength = 0,
  Count = 2,
  CountOfLong = 7,
  Bytes = 8,
}

/** Where a datagram protocol of the registry keeps its fields; what is not named here is over MoldUDP64. */
export function fieldsOfDatagram(protocol: string): FindFields {
  if (protocol.startsWith('iex')) return findIexFields
  if (protocol === 'mdp3') return findMdp3Fields
  return protocol === 'pitch' || protocol === 'cfePitch' ? findUnitFields : findMoldFields
}

/** The same for a protocol of streams. */
export function fieldsOfStream(protocol: string): FindFields {
  return protocol === 'soupbintcp' ? findSoupFields : findUnitFields
}

function findMoldFields(input: Uint8Array, fields: FieldList): void {
  if (input.length < MoldHeader.Bytes) return
  fields.add(FieldKind.Number, MoldHeader.SequenceHigh, 8, false)
  fields.partCount = fields.add(FieldKind.Count, MoldHeader.Count, 2, false)
  walkBlocks(input, fields, MoldHeader.Bytes, 2, false)
}

function findIexFields(input: Uint8Array, fields: FieldList): void {
  if (input.length < IexTpHeader.Bytes) return
  fields.add(FieldKind.Code, IexTpHeader.Protocol, 2, true)
  fields.add(FieldKind.Number, IexTpHeader.Channel, 4, true)
  fields.add(FieldKind.Number, IexTpHeader.Session, 4, true)
  fields.partTotal = fields.add(FieldKind.Length, IexTpHeader.PayloadBytes, 2, true)
  fields.partCount = fields.add(FieldKind.Count, IexTpHeader.MessageCount, 2, true)
  fields.add(FieldKind.Number, IexTpHeader.OffsetLow, 8, true)
  fields.add(FieldKind.Number, IexTpHeader.SequenceLow, 8, true)
  fields.add(FieldKind.Number, IexTpHeader.SendTimeLow, 8, true)
  walkBlocks(input, fields, IexTpHeader.Bytes, 2, true)
}

function findSoupFields(input: Uint8Array, fields: FieldList): void {
  walkBlocks(input, fields, 0, SOUP_LENGTH_BYTES, false)
  // What sequenced packets carry has a type of its own.
  for (let part = 0; part < fields.parts; part++) {
    const at = fields.partAt[part]! + SoupHeader.Bytes
    if (at < fields.partEnd[part]!) fields.add(FieldKind.Code, at, 1, false)
  }
}

function findUnitFields(input: Uint8Array, fields: FieldList): void {
  let unit = 0
  for (let at = 0; at + UnitHeader.Bytes <= input.length; unit++) {
    const end = Math.min(input.length, at + Math.max(UnitHeader.Bytes, readLittle(input, at + UnitHeader.Length, 2)))
    const total = fields.add(FieldKind.Length, at + UnitHeader.Length, 2, true)
    const count = fields.add(FieldKind.Count, at + UnitHeader.Count, 1, true)
    fields.add(FieldKind.Number, at + UnitHeader.Unit, 1, true)
    fields.add(FieldKind.Number, at + UnitHeader.Sequence, 4, true)
    if (unit === 0) {
      fields.partTotal = total
      fields.partCount = count
    }
    let message = at + UnitHeader.Bytes
    while (message + MessageHeader.Bytes <= end) {
      fields.add(FieldKind.Length, message, 1, true)
      fields.add(FieldKind.Code, message + MessageHeader.Type, 1, true)
      const length = input[message + MessageHeader.Length]!
      // Messages of the first unit only: its header counts them.
      if (unit === 0 && length >= MessageHeader.Bytes) fields.addPart(message, Math.min(end, message + length))
      message += Math.max(MessageHeader.Bytes, length)
    }
    at = end
  }
}

function findMdp3Fields(input: Uint8Array, fields: FieldList): void {
  if (input.length < PacketAt.Bytes) return
  fields.add(FieldKind.Number, PacketAt.Sequence, 4, true)
  fields.add(FieldKind.Number, PacketAt.SendingTimeLow, 8, true)
  for (let at: number = PacketAt.Bytes; at + MessageAt.Bytes <= input.length; ) {
    fields.add(FieldKind.Length, at + MessageAt.Size, 2, true)
    fields.add(FieldKind.Length, at + MessageAt.BlockLength, 2, true)
    fields.add(FieldKind.Code, at + MessageAt.TemplateId, 2, true)
    fields.add(FieldKind.Code, at + MessageAt.Version, 2, true)
    const end = Math.min(input.length, at + Math.max(MessageAt.Bytes, readLittle(input, at + MessageAt.Size, 2)))
    const group = at + MessageAt.Bytes + readLittle(input, at + MessageAt.BlockLength, 2)
    if (group + GroupAt.Bytes <= end) {
      fields.add(FieldKind.Length, group + GroupAt.BlockLength, 2, true)
      fields.add(FieldKind.Count, group + GroupAt.Count, 1, true)
      fields.add(FieldKind.Count, group + GroupAt.CountOfLong, 1, true)
    }
    fields.addPart(at, end)
    at = end
  }
}

import { u8, u16, u32 } from '../support/bytes.ts'

/** Builders of DBN bytes for tests: independent of the product's layouts. */

function i64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}

function le64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}

export const UNDEFINED_PRICE = (1n << 63n) - 1n
export const LAST = 0x80
export const START_NS = 1_752_735_909_000_000_000n

export function text(value: string, width: number): Buffer {
  const bytes = Buffer.alloc(width)
  bytes.write(value, 'latin1')
  return bytes
}

/** A record of any type: its fields come behind the header, its length is counted. */
export function record(rtype: number, body: Buffer, instrument = 7, tsEvent = START_NS, publisher = 2): Buffer {
  const head = [u8((16 + body.length) / 4), u8(rtype), u16(publisher, true), u32(instrument, true), le64(tsEvent)]
  return Buffer.concat([...head, body])
}

export interface MboFields {
  readonly action: string
  readonly side?: string
  readonly price?: bigint
  readonly size?: number
  readonly orderId?: bigint
  readonly flags?: number
  readonly sequence?: number
  readonly tsEvent?: bigint
  readonly tsRecv?: bigint
  readonly instrument?: number
  readonly publisher?: number
}

export function mbo(fields: MboFields): Buffer {
  const tsEvent = fields.tsEvent ?? START_NS
  const body = Buffer.concat([
    le64(fields.orderId ?? 1n),
    i64(fields.price ?? 5_000_000_000n),
    u32(fields.size ?? 10, true),
    u8(fields.flags ?? LAST),
    u8(0),
    Buffer.from(fields.action),
    Buffer.from(fields.side ?? 'B'),
    le64(fields.tsRecv ?? tsEvent + 100n),
    u32(100, true),
    u32(fields.sequence ?? 1, true),
  ])
  return record(0xa0, body, fields.instrument, tsEvent, fields.publisher)
}

export type Level = readonly [bidPrice: bigint, askPrice: bigint, bidSize: number, askSize: number]
const NO_LEVEL: Level = [UNDEFINED_PRICE, UNDEFINED_PRICE, 0, 0]

export interface MbpFields {
  readonly rtype?: number
  readonly levels: readonly Level[]
  readonly count?: number
  readonly action?: string
  readonly price?: bigint
  readonly flags?: number
  readonly tsEvent?: bigint
}

/** A record with levels: as many as `count`, the missing ones without a price. Every level has three orders. */
export function mbp(fields: MbpFields): Buffer {
  const levels = Array.from({ length: fields.count ?? 10 }, (_, i) => fields.levels[i] ?? NO_LEVEL)
  const tsEvent = fields.tsEvent ?? START_NS
  const body = Buffer.concat([
    i64(fields.price ?? 5_000_000_000n),
    u32(2, true),
    Buffer.from(fields.action ?? 'A'),
    Buffer.from('A'),
    u8(fields.flags ?? LAST),
    u8(0),
    le64(tsEvent + 100n),
    u32(100, true),
    u32(9, true),
    ...levels.flatMap(([bid, ask, bidSize, askSize]) => [
      i64(bid),
      i64(ask),
      u32(bidSize, true),
      u32(askSize, true),
      u32(bidSize === 0 ? 0 : 3, true),
      u32(askSize === 0 ? 0 : 3, true),
    ]),
  ])
  return record(fields.rtype ?? 0x0a, body, 7, tsEvent)
}

export interface Mapping {
  readonly symbol: string
  readonly intervals: readonly (readonly [startDate: number, endDate: number, id: string])[]
}

/** The metadata of a file; of version 1 where it says so. */
export function metadata(mappings: readonly Mapping[], version = 3, schema = 0): Buffer {
  const width = version === 1 ? 22 : 71
  const fixed = [text('XNAS.ITCH', 16), u16(schema, true), le64(START_NS), le64(START_NS), le64(0n)]
  const types =
    version === 1
      ? [le64(0n), u8(1), u8(0), u8(0), Buffer.alloc(47)]
      : [u8(1), u8(0), u8(0), u16(width, true), Buffer.alloc(53)]
  const lists = [u32(0, true), u32(mappings.length, true), ...mappings.map(({ symbol }) => text(symbol, width))]
  const more = [u32(0, true), u32(0, true), u32(mappings.length, true)]
  const intervals = mappings.flatMap((mapping) => [
    text(mapping.symbol, width),
    u32(mapping.intervals.length, true),
    ...mapping.intervals.flatMap(([start, end, id]) => [u32(start, true), u32(end, true), text(id, width)]),
  ])
  const body = Buffer.concat([...fixed, ...types, ...lists, ...more, ...intervals])
  return Buffer.concat([Buffer.from('DBN'), u8(version), u32(body.length, true), body])
}

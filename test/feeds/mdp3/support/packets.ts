import { Template } from '../../../../feeds/mdp3/templates.ts'

/** 2024-06-11 14:30 UTC. */
export const SENT_NS = 1_718_116_200_000_000_000n
const NULL_I32 = 0x7fffffff
const NULL_I64 = 0x7fffffffffffffffn
const END_OF_EVENT = 0x80

/** A packet of messages, each from its size on. */
export function packet(sequence: number, messages: readonly Buffer[], sentNs = SENT_NS): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt32LE(sequence, 0)
  header.writeBigUInt64LE(sentNs, 4)
  return Buffer.concat([header, ...messages])
}

/** A message: header and body. */
export function message(template: number, block: Buffer, groups: readonly Buffer[] = [], version = 13): Buffer {
  const body = Buffer.concat([block, ...groups])
  const header = Buffer.alloc(10)
  header.writeUInt16LE(10 + body.length, 0)
  header.writeUInt16LE(block.length, 2)
  header.writeUInt16LE(template, 4)
  header.writeUInt16LE(1, 6)
  header.writeUInt16LE(version, 8)
  return Buffer.concat([header, body])
}

/** A group with a header of three bytes; of eight where `isWide`. */
export function group(entries: readonly Buffer[], entryBytes: number, isWide = false): Buffer {
  const header = Buffer.alloc(isWide ? 8 : 3)
  header.writeUInt16LE(entryBytes, 0)
  header.writeUInt8(entries.length, isWide ? 7 : 2)
  return Buffer.concat([header, ...entries])
}

/** TransactTime and MatchEventIndicator. */
export function eventBlock(indicator = END_OF_EVENT, transactNs = SENT_NS): Buffer {
  const block = Buffer.alloc(11)
  block.writeBigUInt64LE(transactNs, 0)
  block.writeUInt8(indicator, 8)
  return block
}

export interface BookEntry {
  /** In units of 10^−9; null without it. */
  readonly price?: number
  readonly size?: number
  readonly security?: number
  readonly rptSeq: number
  readonly orders?: number
  readonly level?: number
  readonly action?: number
  /** '0' bid, '1' offer, 'E' and 'F' implied, 'J' reset. */
  readonly type?: string
}

export function bookEntry(entry: BookEntry): Buffer {
  const bytes = Buffer.alloc(32)
  bytes.writeBigInt64LE(entry.price === undefined ? NULL_I64 : BigInt(entry.price), 0)
  bytes.writeInt32LE(entry.size ?? NULL_I32, 8)
  bytes.writeInt32LE(entry.security ?? 1, 12)
  bytes.writeUInt32LE(entry.rptSeq, 16)
  bytes.writeInt32LE(entry.orders ?? NULL_I32, 20)
  bytes.writeUInt8(entry.level ?? 1, 24)
  bytes.writeUInt8(entry.action ?? 0, 25)
  bytes.write(entry.type ?? '0', 26, 'latin1')
  bytes.writeInt32LE(NULL_I32, 27)
  return bytes
}

export interface OrderEntry {
  readonly id: bigint
  readonly size?: number
  readonly reference: number
  readonly action: number
}

function orderEntry({ id, size, reference, action }: OrderEntry): Buffer {
  const bytes = Buffer.alloc(24)
  bytes.writeBigUInt64LE(id, 0)
  bytes.writeBigUInt64LE(7n, 8)
  bytes.writeInt32LE(size ?? NULL_I32, 16)
  bytes.writeUInt8(reference, 20)
  bytes.writeUInt8(action, 21)
  return bytes
}

/** MDIncrementalRefreshBook, template 46. */
export function book(entries: readonly BookEntry[], orders: readonly OrderEntry[] = [], indicator?: number): Buffer {
  const levels = group(entries.map(bookEntry), 32)
  return message(Template.Book, eventBlock(indicator), [levels, group(orders.map(orderEntry), 24, true)])
}

export interface TradeEntry {
  readonly price: number
  readonly size: number
  readonly rptSeq: number
  readonly orders?: number
  readonly aggressor?: number
  readonly action?: number
  readonly match?: number
}

/** MDIncrementalRefreshTradeSummary, template 48, of instrument 1. */
export function trades(entries: readonly TradeEntry[], orderIds: readonly bigint[]): Buffer {
  const summary = entries.map(({ price, size, rptSeq, orders, aggressor, action, match }) => {
    const bytes = Buffer.alloc(32)
    bytes.writeBigInt64LE(BigInt(price), 0)
    bytes.writeInt32LE(size, 8)
    bytes.writeInt32LE(1, 12)
    bytes.writeUInt32LE(rptSeq, 16)
    bytes.writeInt32LE(orders ?? 0, 20)
    bytes.writeUInt8(aggressor ?? 0, 24)
    bytes.writeUInt8(action ?? 0, 25)
    bytes.writeUInt32LE(match ?? 0xffffffff, 26)
    return bytes
  })
  const orders = orderIds.map((id) => {
    const bytes = Buffer.alloc(16)
    bytes.writeBigUInt64LE(id, 0)
    bytes.writeInt32LE(1, 8)
    return bytes
  })
  return message(Template.TradeSummary, eventBlock(), [group(summary, 32), group(orders, 16, true)])
}

export interface SnapshotLevel {
  readonly price: number
  readonly size: number
  readonly level?: number
  readonly type: string
}

/** SnapshotFullRefresh, template 52, of instrument 1: trading, with limits. */
export function snapshot(rptSeq: number, levels: readonly SnapshotLevel[]): Buffer {
  const block = Buffer.alloc(59)
  block.writeInt32LE(1, 8)
  block.writeUInt32LE(rptSeq, 12)
  block.writeUInt8(17, 34)
  block.writeBigInt64LE(9_000_000_000_000n, 35)
  block.writeBigInt64LE(NULL_I64, 43)
  block.writeBigInt64LE(NULL_I64, 51)
  const entries = levels.map(({ price, size, level, type }) => {
    const bytes = Buffer.alloc(22)
    bytes.writeBigInt64LE(BigInt(price), 0)
    bytes.writeInt32LE(size, 8)
    bytes.writeInt32LE(1, 12)
    bytes.writeInt8(level ?? 127, 16)
    bytes.writeUInt8(255, 19)
    bytes.write(type, 21, 'latin1')
    return bytes
  })
  return message(Template.Snapshot, block, [group(entries, 22)])
}

/**
 * SnapshotFullRefreshOrderBook, template 53, of instrument 1.
 * @param packetIncluded number of the last packet that it includes
 */
export function orderSnapshot(
  chunk: number,
  chunks: number,
  ids: readonly bigint[],
  packetIncluded = 0xffff_ffff,
): Buffer {
  const block = Buffer.alloc(28)
  block.writeUInt32LE(packetIncluded, 0)
  block.writeInt32LE(1, 8)
  block.writeUInt32LE(chunks, 12)
  block.writeUInt32LE(chunk, 16)
  const entries = ids.map((id) => {
    const bytes = Buffer.alloc(29)
    bytes.writeBigUInt64LE(id, 0)
    bytes.writeBigInt64LE(5_000_000_000n, 16)
    bytes.writeInt32LE(3, 24)
    bytes.write('1', 28, 'latin1')
    return bytes
  })
  return message(Template.OrderSnapshot, block, [group(entries, 29)])
}

/** MDInstrumentDefinitionFuture, template 54. */
export function definition(security: number, symbol: string, depth: number, updated = 1n): Buffer {
  const block = Buffer.alloc(224)
  block.write('A', 5, 'latin1')
  block.writeBigUInt64LE(updated, 6)
  block.writeUInt8(21, 14)
  block.write('ES', 23, 'latin1')
  block.write('ES', 29, 'latin1')
  block.write(symbol, 35, 'latin1')
  block.writeInt32LE(security, 55)
  return message(Template.DefinitionFuture, withPrices(block), [group([], 9), group([feedType('GBX', depth)], 4)])
}

/** Currency, tick and limits lie where template 54 has them. */
function withPrices(block: Buffer): Buffer {
  block.write('USD', 76, 'latin1')
  for (const at of [91, 165, 173]) block.writeBigInt64LE(at === 91 ? 250_000_000n : NULL_I64, at)
  return block
}

function feedType(name: string, depth: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.write(name, 0, 'latin1')
  bytes.writeInt8(depth, 3)
  return bytes
}

/** SecurityStatus, template 30: of an instrument, or of a group where there is none. */
export function status(state: number, security?: number): Buffer {
  const block = Buffer.alloc(30)
  block.writeBigUInt64LE(SENT_NS, 0)
  block.write('ES', 8, 'latin1')
  block.writeInt32LE(security ?? NULL_I32, 20)
  block.writeUInt8(END_OF_EVENT, 26)
  block.writeUInt8(state, 27)
  block.writeUInt8(1, 28)
  return message(Template.SecurityStatus, block)
}

/** ChannelReset, template 4. */
export function channelReset(): Buffer {
  return message(Template.ChannelReset, eventBlock().subarray(0, 9), [group([Buffer.from([0x36, 0x01])], 2)])
}

import type { PlainRecord } from '../../../kernels/records/codec.ts'

/** Builders of IEX messages for tests, and what a case of one is. */

type FieldValue = number | bigint | string
/** Bytes and value of a field behind the symbol. Text is padded with spaces. */
export type Fields = readonly (readonly [number, FieldValue])[]

export const EPOCH_SECONDS = 1_696_204_800
const TIME_NS = 41_675_036_572_612n
export const SYMBOL = 'ZIEXT'

function encodeField(bytes: number, value: FieldValue): Buffer {
  if (typeof value === 'string') return Buffer.from(value.padEnd(bytes), 'latin1')
  const field = Buffer.alloc(8)
  field.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)))
  return field.subarray(0, bytes)
}

/** A message; system events have no symbol. */
export function encode(
  type: string,
  subtype: string | number,
  fields: Fields = [],
  symbol = SYMBOL,
  sessionNs = TIME_NS,
): Buffer {
  const all: Fields = [
    [1, type],
    [1, subtype],
    [8, BigInt(EPOCH_SECONDS) * 1_000_000_000n + sessionNs],
    ...(type === 'S' ? [] : ([[8, symbol]] as const)),
    ...fields,
  ]
  return Buffer.concat(all.map(([bytes, value]) => encodeField(bytes, value)))
}

const sourceTime = Number(TIME_NS)
/** Fields that all records of a message of the first instrument, from line 3, have in common. */
export const common = { flags: 0, instrument: 1, source: 3, sourceTime }
export const statistic = { ...common, record: 'statistic' }

export type Feed = 'DEEP' | 'TOPS' | 'DEEP+'
export const ALL: readonly Feed[] = ['DEEP', 'TOPS', 'DEEP+']
export const AUCTIONS: readonly Feed[] = ['DEEP', 'TOPS']

export interface MessageCase {
  readonly name: string
  readonly feeds: readonly Feed[]
  readonly type: string
  readonly subtype: string | number
  readonly fields: Fields
  readonly records: readonly PlainRecord[]
}

/** A case of a message of the first instrument: what it becomes where the instrument is known. */
export function testCase(
  name: string,
  feeds: readonly Feed[],
  message: readonly [type: string, subtype: string | number, fields?: Fields],
  ...records: PlainRecord[]
): MessageCase {
  return { name, feeds, type: message[0], subtype: message[1], fields: message[2] ?? [], records }
}

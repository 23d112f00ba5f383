import { RECORD_SCHEMAS } from '../../kernels/records/schema.ts'

/** Why a record has no ITCH 5.0 message. */
export enum EncodeRefusal {
  /** The protocol has no such message, or the decoder makes no record of it. */
  RecordType = 0,
  /** A symbol of more than eight bytes, or an instrument that was refused or never described. */
  Symbol = 1,
  /** All stock locates are taken. */
  Locates = 2,
  /** The price has more than four decimals. */
  PriceDecimals = 3,
  /** The price is negative or does not fit 32 bits. */
  PriceRange = 4,
  /** The quantity is broken, negative, or does not fit its field. */
  Quantity = 5,
  /** The time lies outside of the session's day. */
  Time = 6,
  /** A trading state without a letter. */
  TradingState = 7,
  /** An event without a code. */
  SessionEvent = 8,
  /** Neither buy nor sell. */
  Side = 9,
  /** One of several records that one message holds, without the others. */
  Incomplete = 10,
  Count = 11,
}

/** What a message does not say of its record. */
export enum EncodeLoss {
  /** The stock's name, which the message has but no record told. */
  StockUnknown = 0,
  /** That the trade is not to be counted in volume, where the message has no field for it. */
  NonPrintable = 1,
  /** That the replaced order keeps its place. */
  KeepsPriority = 2,
  Count = 3,
}

const REFUSAL_NAMES: readonly string[] = [
  'recordType',
  'symbol',
  'locates',
  'priceDecimals',
  'priceRange',
  'quantity',
  'time',
  'tradingState',
  'sessionEvent',
  'side',
  'incomplete',
]
const LOSS_NAMES: readonly string[] = ['stockUnknown', 'nonPrintable', 'keepsPriority']
const TYPES = 256

/** What an encoder could not write, or not wholly: by reason and record type. */
export class EncodeCounts {
  readonly #refused = new Float64Array(EncodeRefusal.Count * TYPES)
  readonly #lost = new Float64Array(EncodeLoss.Count * TYPES)

  refuse(reason: EncodeRefusal, recordType: number): void {
    this.#refused[reason * TYPES + (recordType & 255)]!++
  }

  lose(what: EncodeLoss, recordType: number): void {
    this.#lost[what * TYPES + (recordType & 255)]!++
  }

  /** Records without a message: `{ priceDecimals: { trade: 2 } }`. */
  refusedToObject(): Record<string, Record<string, number>> {
    return nameCounts(this.#refused, REFUSAL_NAMES)
  }

  /** Records whose message says less than they do. */
  lostToObject(): Record<string, Record<string, number>> {
    return nameCounts(this.#lost, LOSS_NAMES)
  }
}

function nameCounts(counts: Float64Array, names: readonly string[]): Record<string, Record<string, number>> {
  const facts: Record<string, Record<string, number>> = {}
  names.forEach((name, index) => {
    for (const { type, name: record } of RECORD_SCHEMAS) {
      const count = counts[index * TYPES + type]!
      if (count === 0) continue
      facts[name] ??= {}
      facts[name][record] = count
    }
  })
  return facts
}

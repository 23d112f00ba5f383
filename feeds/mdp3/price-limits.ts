import type { DecodeContext } from './decode-context.ts'
import { Slot } from './record-writer.ts'

/** What all messages that state limits have in common. */
export interface LimitFields {
  readonly isHighLimitPriceMantissaNull: boolean
  readonly highLimitPriceMantissaHigh: number
  readonly highLimitPriceMantissaLow: number
  readonly isLowLimitPriceMantissaNull: boolean
  readonly lowLimitPriceMantissaHigh: number
  readonly lowLimitPriceMantissaLow: number
}

/** Stores both limits in the writer's slots, 0 where there is none. @returns false when one is too large (counted) */
export function readLimits(context: DecodeContext, fields: LimitFields): boolean {
  const { values } = context.writer
  values[Slot.LowerPrice] = 0
  values[Slot.UpperPrice] = 0
  const { highLimitPriceMantissaHigh: high, highLimitPriceMantissaLow: highLow } = fields
  if (!fields.isHighLimitPriceMantissaNull && !context.readPrice(high, highLow, Slot.UpperPrice)) return false
  const { lowLimitPriceMantissaHigh: low, lowLimitPriceMantissaLow: lowLow } = fields
  return fields.isLowLimitPriceMantissaNull || context.readPrice(low, lowLow, Slot.LowerPrice)
}

/** Whether the message states any limit. */
export function hasLimits(fields: LimitFields): boolean {
  return !fields.isHighLimitPriceMantissaNull || !fields.isLowLimitPriceMantissaNull
}

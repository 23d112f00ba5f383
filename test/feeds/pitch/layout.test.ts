import { expect, it } from 'vitest'
import {
  AddExpandedAt,
  AddLongAt,
  AddShortAt,
  ExecutedAtPriceAt,
  TradeExpandedAt,
} from '../../../feeds/pitch/layout.ts'
import { PITCH_LENGTH_MIN } from '../../../feeds/pitch/message-lengths.ts'

/** Shortest length of each message in the specifications, by type. */
const SPECIFIED: Readonly<Record<number, number>> = {
  1: 22,
  2: 3,
  3: 9,
  4: 10,
  32: 6,
  33: 33,
  34: 25,
  35: 26,
  36: 38,
  37: 18,
  38: 16,
  39: 26,
  40: 18,
  41: 14,
  42: 41,
  43: 33,
  44: 14,
  45: 6,
  46: 30,
  47: 41,
  48: 43,
  49: 18,
  128: 6,
  129: 6,
  130: 11,
  131: 6,
  132: 6,
  133: 11,
  149: 47,
  150: 27,
  151: 6,
  152: 15,
  154: 25,
  157: 42,
  158: 58,
  159: 63,
  173: 43,
  174: 14,
  175: 34,
  177: 18,
  185: 25,
  186: 65,
  187: 41,
  188: 6,
  189: 6,
  190: 28,
  209: 64,
  210: 19,
  211: 20,
  250: 40,
}

it('the lengths of PITCH messages are those of the specifications', () => {
  const known = [...PITCH_LENGTH_MIN].flatMap((bytes, type) => (bytes === 0 ? [] : [[type, bytes]]))
  expect(Object.fromEntries(known)).toEqual(SPECIFIED)
})

it('the last fields of PITCH messages end where the messages do', () => {
  expect(AddLongAt.Price + 8).toBe(AddLongAt.Bytes)
  expect(AddShortAt.Price + 2).toBe(AddShortAt.Bytes)
  expect(AddExpandedAt.Participant + 5).toBe(AddExpandedAt.Bytes)
  expect(ExecutedAtPriceAt.Price + 8).toBe(ExecutedAtPriceAt.Bytes)
  expect(TradeExpandedAt.Execution + 8).toBe(TradeExpandedAt.Bytes)
})

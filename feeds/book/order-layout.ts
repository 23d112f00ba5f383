/**
 * One order: a cell of 32 bytes, half a cache line.
 *
 *      0            8        12       16       20       24       28
 *     ┌────────────┬────────┬────────┬────────┬────────┬────────┬────────┐
 *     │ quantity   │ reference       │ chain  │ level  │ later  │ earlier│
 *     │ f64        │ low u32│high u32│ i32    │ i32    │ i32    │ i32    │
 *     └────────────┴────────┴────────┴────────┴────────┴────────┴────────┘
 *
 * The members are indices of 32-bit words; the quantity is the first double. `chain` leads from a home to the orders
 * that found it taken; `later` and `earlier` link a level's queue. A cell without a level holds no order.
 */
export enum OrderWord {
  Quantity = 0,
  ReferenceLow = 2,
  ReferenceHigh = 3,
  Chain = 4,
  Level = 5,
  Later = 6,
  Earlier = 7,
}

export const NO_ORDER = 0

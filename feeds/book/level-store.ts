/**
 * One price level: a cell of 32 bytes, half a cache line.
 *
 *      0            8            16       20       24       28
 *     ┌────────────┬────────────┬────────┬────────┬────────┬────────┐
 *     │ price      │ quantity   │ orders │ first  │ last   │ book   │
 *     │ f64        │ f64        │ i32    │ i32    │ i32    │ side   │
 *     └────────────┴────────────┴────────┴────────┴────────┴────────┘
 *
 * The members are indices of 32-bit words; price and quantity are the first and second double. `first` and `last` are
 * the ends of the queue of orders, in a book that keeps queues; `first` also links the free levels. Book side =
 * instrument × 2 + side; 0 in a free level. The quantity is exact below 2^53.
 *
 * A level is held by its orders, or by price: then the feed gives its total and no order of it is known. `orders` of such
 * a level is ~n (below zero), where n is the number of orders that the feed says, 0 where it does not.
 */
export enum LevelWord {
  Price = 0,
  Quantity = 2,
  Orders = 4,
  FirstOrder = 5,
  LastOrder = 6,
  BookSide = 7,
}

export const NO_LEVEL = 0

/** Slots of one instrument in `LevelBook.top`: zeros where a side is empty. */
export enum TopSlot {
  BidPrice = 0,
  BidQuantity = 1,
  AskPrice = 2,
  AskQuantity = 3,
  BidOrders = 4,
  AskOrders = 5,
  Slots = 8,
}

/**
 * One side of one instrument's book: 128 bytes, two cache lines.
 *
 *      0                    64                   96       100      104      108      112
 *     ┌────────────────────┬────────────────────┬────────┬────────┬────────┬────────┬─────────
 *     │ keys of the near   │ slots of the near  │ near   │ far    │ far    │ far    │ unused
 *     │ levels, 8 × f64    │ levels, 8 × i32    │ count  │ first  │ count  │capacity│
 *     └────────────────────┴────────────────────┴────────┴────────┴────────┴────────┴─────────
 *
 * A level's key is its price on the bid side and minus its price on the ask side, so that the best level has the
 * highest key on both. Near levels lie in ascending order, the best at the end of the used ones.
 */
export enum SideWord {
  Keys = 0,
  Levels = 16,
  NearCount = 24,
  FarFirst = 25,
  FarCount = 26,
  FarCapacity = 27,
  Words = 32,
}

/** One entry of a far run: key f64, level i32, 4 bytes unused. */
export enum FarWord {
  Key = 0,
  Level = 2,
  Words = 4,
}

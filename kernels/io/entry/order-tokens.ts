const PREFIX_CHARACTERS = 5
const SEQUENCE_CHARACTERS = 9
const BASE = 36
const DIGIT_0 = 0x30
const LETTER_A = 0x41
const U32_MAX = 0xffffffff
/** Days and runs that a prefix tells apart. */
const DAYS_END = BASE ** 3
const RUNS_END = BASE ** 2

/**
 * The names of a run's orders at the venue, derived from the outbound sequences of their requests, so that a restart derives
 * them again and no two orders of a run, of runs of a day, or of days share one.
 *
 *     OUCH 4.2 token, 14 characters        OUCH 5.0 UserRefNum, u32
 *     ┌────────┬──────┬───────────┐        ┌───────────────────────────────┐
 *     │ day:3  │ run:2│sequence:9 │        │ base of the run + sequence    │
 *     └────────┴──────┴───────────┘        └───────────────────────────────┘
 *      since 1970, base 36                  base: the venue's next number, less 1, when the run first asked
 */
export class OrderTokens {
  readonly prefix: Uint8Array
  /** [0] what is added to a sequence to make a UserRefNum; −1 until the venue has told. */
  readonly userRefBase = new Float64Array([-1])

  /**
   * @param epochDays days from 1970 to the session's
   * @param run number of the run in that day, from 0
   * @throws RangeError beyond 46,656 days or 1,296 runs
   */
  constructor(epochDays: number, run: number) {
    if (!Number.isInteger(epochDays) || epochDays < 0 || epochDays >= DAYS_END) {
      throw new RangeError(`tokens tell days 0 to ${DAYS_END - 1} apart, not ${epochDays}`)
    }
    if (!Number.isInteger(run) || run < 0 || run >= RUNS_END) {
      throw new RangeError(`tokens tell ${RUNS_END} runs of a day apart, not run ${run}`)
    }
    const text = epochDays.toString(BASE).padStart(3, '0') + run.toString(BASE).padStart(2, '0')
    this.prefix = new Uint8Array(Buffer.from(text.toUpperCase(), 'latin1'))
  }

  /** Writes the token of a sequence. */
  write(bytes: Uint8Array, at: number, numbers: Float64Array, slot: number): void {
    for (let i = 0; i < PREFIX_CHARACTERS; i++) bytes[at + i] = this.prefix[i]!
    let rest = numbers[slot]!
    for (let i = SEQUENCE_CHARACTERS - 1; i >= 0; i--) {
      const next = Math.floor(rest / BASE)
      const digit = rest - next * BASE
      bytes[at + PREFIX_CHARACTERS + i] = digit < 10 ? DIGIT_0 + digit : LETTER_A + digit - 10
      rest = next
    }
  }

  /** Reads the sequence of a token of this run into a slot. @returns false for a token of another run, or none at all */
  read(bytes: Uint8Array, at: number, numbers: Float64Array, slot: number): boolean {
    for (let i = 0; i < PREFIX_CHARACTERS; i++) if (bytes[at + i] !== this.prefix[i]) return false
    let value = 0
    for (let i = 0; i < SEQUENCE_CHARACTERS; i++) {
      const code = bytes[at + PREFIX_CHARACTERS + i]!
      const digit = code <= DIGIT_0 + 9 ? code - DIGIT_0 : code - LETTER_A + 10
      if (digit < 0 || digit >= BASE || (code > DIGIT_0 + 9 && code < LETTER_A)) return false
      value = value * BASE + digit
    }
    numbers[slot] = value
    return value > 0
  }

  /** Makes a UserRefNum of the sequence in a slot. @returns false when there are no more numbers, or no base */
  toUserRef(numbers: Float64Array, slot: number): boolean {
    const userRef = this.userRefBase[0]! + numbers[slot]!
    if (this.userRefBase[0]! < 0 || userRef > U32_MAX) return false
    numbers[slot] = userRef
    return true
  }

  /** Makes a sequence of the UserRefNum in a slot. @returns false for a number from before this run */
  fromUserRef(numbers: Float64Array, slot: number): boolean {
    numbers[slot] = numbers[slot]! - this.userRefBase[0]!
    return this.userRefBase[0]! >= 0 && numbers[slot]! > 0
  }
}

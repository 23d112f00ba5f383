import { OuchField, type OuchMessage, OuchText, TOKEN_BYTES } from '../../../feeds/ouch/message.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'

const PREFIX_CHARACTERS = 5
const SEQUENCE_CHARACTERS = 9
const BASE = 36
const DIGIT_0 = 0x30
const LETTER_A = 0x41
const U32_MAX = 0xffffffff
/** Seconds that a prefix tells apart: almost two years of them. */
const STARTS_END = BASE ** PREFIX_CHARACTERS

/**
 * The names of a run's orders at the venue, derived from the outbound sequences of their requests, so that a restart derives
 * them again and no two orders of a run, of runs of a day, or of days share one.
 *
 *     OUCH 4.2 token, 14 characters        OUCH 5.0 UserRefNum, u32
 *     ┌────────────┬──────────────┐        ┌───────────────────────────────┐
 *     │ start:5    │ sequence:9   │        │ base of the run + sequence    │
 *     └────────────┴──────────────┘        └───────────────────────────────┘
 *      base 36; the second in which         base: the venue's next number, less 1, when the run first asked
 *      the run began, of 60,466,176
 */
export class OrderTokens {
  readonly prefix: Uint8Array
  /** [0] what is added to a sequence to make a UserRefNum; −1 until the venue has told. */
  readonly userRefBase = new Float64Array([-1])

  /**
   * @param startSeconds when the run began, in whole seconds since 1970; a restart of a kernel of the run keeps it
   * @throws RangeError when it is no such number
   */
  constructor(startSeconds: number) {
    if (!Number.isSafeInteger(startSeconds) || startSeconds < 0) {
      throw new RangeError(`a run begins at a whole number of seconds, not ${startSeconds}`)
    }
    const text = (startSeconds % STARTS_END).toString(BASE).padStart(PREFIX_CHARACTERS, '0')
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

  /** Finds the sequence of the order that a message names, into a slot. @returns false for an order of another run, or none */
  find(message: OuchMessage, version: OuchVersion, numbers: Float64Array, slot: number): boolean {
    if (version === OuchVersion.V42) return this.read(message.text, OuchText.Token, numbers, slot)
    numbers[slot] = message.numbers[OuchField.UserRefNum]!
    return this.fromUserRef(numbers, slot)
  }

  /** The name that a message has for an order, as text. Allocates: not for the hot path. */
  nameOf(message: OuchMessage, version: OuchVersion): string {
    if (version === OuchVersion.V42) return message.getText(OuchText.Token, TOKEN_BYTES)
    return String(message.numbers[OuchField.UserRefNum]!)
  }
}

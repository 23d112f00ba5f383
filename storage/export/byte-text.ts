const BUFFER_BYTES = 1 << 20
/** No line of a table is longer: some forty cells of numbers and short texts. */
const LINE_BYTES_MAX = 1 << 14
const NINE_DIGITS = 1e9
const ZERO = 0x30
const MINUS = 0x2d
const POINT = 0x2e
/** Decimals up to which ten to their power is exact in a double. */
const DECIMALS_MAX = 22
const WORD = 4294967296

/** Lines of text in one buffer, numbers written digit by digit: a string for each cell would be the most of the work. */
export class ByteText {
  readonly bytes = new Uint8Array(BUFFER_BYTES)
  usedBytes = 0

  /** Whether the buffer should be drained before the next line. */
  isFull(): boolean {
    return this.usedBytes > BUFFER_BYTES - LINE_BYTES_MAX
  }

  putByte(byte: number): void {
    this.bytes[this.usedBytes++] = byte
  }

  putBytes(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.usedBytes)
    this.usedBytes += bytes.length
  }

  putAscii(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.usedBytes++] = text.charCodeAt(i)
  }

  /** Text of any characters, as UTF-8. */
  putText(text: string): void {
    this.putBytes(Buffer.from(text, 'utf8'))
  }

  /** A whole number; anything else as the language writes it. */
  putWhole(value: number): void {
    if (!Number.isSafeInteger(value)) this.putAscii(Number.isInteger(value) ? BigInt(value).toString() : String(value))
    else if (value < 0) {
      this.putByte(MINUS)
      this.putDigits(-value, 1)
    } else this.putDigits(value, 1)
  }

  /**
   * A whole number scaled by ten to the power of `exponent`, in decimals, exactly: 1001500 and −4 are "100.1500".
   * A value that is not whole, or beyond 2^53, is written as a double.
   */
  putDecimal(value: number, exponent: number): void {
    if (!Number.isSafeInteger(value) || exponent < -DECIMALS_MAX || exponent > DECIMALS_MAX) {
      this.putAscii(String(value * 10 ** exponent))
      return
    }
    if (exponent >= 0) {
      this.putWhole(value)
      for (let i = 0; value !== 0 && i < exponent; i++) this.putByte(ZERO)
      return
    }
    if (value < 0) this.putByte(MINUS)
    const magnitude = Math.abs(value)
    const unit = 10 ** -exponent
    const whole = Math.floor(magnitude / unit)
    this.putDigits(whole, 1)
    this.putByte(POINT)
    this.putDigits(magnitude - whole * unit, -exponent)
  }

  /** A u64 as two words. */
  putPair(high: number, low: number): void {
    if (high < 1 << 21) this.putDigits(high * WORD + low, 1)
    else this.putAscii(((BigInt(high) << 32n) | BigInt(low)).toString())
  }

  /** Nanoseconds since 1970 of a time in ns since the epoch, which a double cannot hold; ns since midnight without one. */
  putTime(timeNs: number, epochSeconds: number | undefined): void {
    const seconds = Math.floor(timeNs / NINE_DIGITS)
    const allSeconds = seconds + (epochSeconds ?? 0)
    if (allSeconds < 1 || !Number.isSafeInteger(timeNs)) {
      this.putWhole(timeNs + (epochSeconds ?? 0) * NINE_DIGITS)
      return
    }
    this.putDigits(allSeconds, 1)
    this.putDigits(timeNs - seconds * NINE_DIGITS, 9)
  }

  /** A whole number from 0 to 2^53, with zeros in front up to `least` digits. */
  putDigits(value: number, least: number): void {
    if (value >= NINE_DIGITS || least > 9) {
      const upper = Math.floor(value / NINE_DIGITS)
      if (upper > 0 || least > 9) this.putDigits(upper, Math.max(1, least - 9))
      this.#putSmall(value - upper * NINE_DIGITS, 9)
    } else this.#putSmall(value, least)
  }

  #putSmall(value: number, least: number): void {
    let digits = least
    for (let limit = 10 ** least; value >= limit; limit *= 10) digits++
    let rest = value
    for (let at = this.usedBytes + digits - 1; at >= this.usedBytes; at--) {
      const tenth = Math.floor(rest / 10)
      this.bytes[at] = ZERO + (rest - tenth * 10)
      rest = tenth
    }
    this.usedBytes += digits
  }
}

/**
 * The last things a kernel said, in its own region: readable after its death.
 *
 *     0       8        16
 *     ┌───────┬────────┬──────────────────────────────────────────────┐
 *     │ next  │ spare  │ entries: 128 × { time f64, code u32, textBytes u32, text 112 } │
 *     └───────┴────────┴──────────────────────────────────────────────┘
 *
 * Entries are written by one process in a circle; `next` counts all entries ever written and is stored after the entry.
 */

const ENTRY_BYTES = 128
const TEXT_BYTES = 112
const ENTRIES = 128
const HEADER_BYTES = 16

export const FLIGHT_RECORDER_BYTES = HEADER_BYTES + ENTRIES * ENTRY_BYTES

export interface FlightEntry {
  /** Monotonic nanoseconds. */
  readonly timeNs: number
  readonly code: number
  readonly text: string
}

/** Writes entries; text is cut at 112 bytes. For events, not for the hot path. */
export class FlightRecorder {
  readonly #buffer: ArrayBufferLike
  readonly #byteOffset: number
  readonly #facts: Float64Array
  readonly #clock: () => number
  readonly #encoder = new TextEncoder()

  /** @param clock monotonic nanoseconds */
  constructor(buffer: ArrayBufferLike, byteOffset: number, clock: () => number) {
    this.#buffer = buffer
    this.#byteOffset = byteOffset
    this.#facts = new Float64Array(buffer, byteOffset, FLIGHT_RECORDER_BYTES >> 3)
    this.#clock = clock
  }

  note(code: number, text: string): void {
    const next = this.#facts[0]!
    const at = this.#byteOffset + HEADER_BYTES + (next % ENTRIES) * ENTRY_BYTES
    new Float64Array(this.#buffer, at, 1)[0] = this.#clock()
    const target = new Uint8Array(this.#buffer, at + 16, TEXT_BYTES)
    target.fill(0)
    const { written } = this.#encoder.encodeInto(text, target)
    const words = new Uint32Array(this.#buffer, at + 8, 2)
    words[0] = code
    words[1] = written
    this.#facts[0] = next + 1
  }
}

/** The last entries of a recorder section, at most 127, oldest first. */
export function readFlightRecorder(buffer: ArrayBufferLike, byteOffset: number, last = ENTRIES): FlightEntry[] {
  const next = new Float64Array(buffer, byteOffset, 1)[0]!
  if (!(next >= 0 && Number.isSafeInteger(next))) return []
  const first = Math.max(0, next - Math.min(last, ENTRIES - 1))
  const entries: FlightEntry[] = []
  for (let number = first; number < next; number++) {
    const at = byteOffset + HEADER_BYTES + (number % ENTRIES) * ENTRY_BYTES
    const words = new Uint32Array(buffer, at + 8, 2)
    const text = new Uint8Array(buffer, at + 16, Math.min(words[1]!, TEXT_BYTES))
    entries.push({
      timeNs: new Float64Array(buffer, at, 1)[0]!,
      code: words[0]!,
      text: new TextDecoder().decode(text.slice()),
    })
  }
  // A live owner may have begun to overwrite the oldest ones meanwhile; the one after `next` may be half written.
  const overwritten = new Float64Array(buffer, byteOffset, 1)[0]! + 1 - ENTRIES
  return entries.slice(Math.max(0, overwritten - first))
}

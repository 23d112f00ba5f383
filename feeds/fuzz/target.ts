import type { FindFields } from './field-list.ts'

/** What is fuzzed: a decoder or a reader that takes any bytes. */
export interface FuzzTarget {
  /** As in `xk bench fuzz --target NAME`. */
  readonly name: string
  /**
   * Opens it afresh.
   * @param poison what lies around the bytes that it is given: it must not matter
   */
  open(poison: number): FuzzSubject
  /** Small inputs that it accepts, for the mutations to begin with. */
  readonly seeds: readonly Uint8Array[]
  /** One input in so many is taken by both subjects, the others by one; 1 if not given. For targets that are slow for a reason. */
  readonly comparesEvery?: number
  /** What an input gives does not hang on those before it; false if not given. */
  readonly isStateless?: boolean
  /** Where a seed's lengths, counts, types and messages lie; without it, all mutations are blind. */
  readonly findFields?: FindFields
}

/** A target with the state that earlier inputs have left. */
export interface FuzzSubject {
  /**
   * Takes the first `length` of `bytes`.
   * @returns a digest of all that came of it
   * @throws FuzzFault where it breaks a rule; anything else that is thrown is a fault, too
   */
  take(bytes: Uint8Array, length: number): number
  /** What it says of all that it has taken. */
  report(): unknown
}

/** A rule that was broken. */
export class FuzzFault extends Error {
  override readonly name = 'FuzzFault'
}

/** Calls that one input may take; policy: more is a fault, as a run without an end would be. */
export const STEPS_MAX = 100_000

/** The longest mutated input. */
export const INPUT_BYTES_MAX = 1 << 16

/**
 * Bounds of what the decoders under test remember: small, so that they are reached, and that a fresh start costs little beside
 * the mutations.
 */
export const FUZZ_BOUNDS = { instrumentsMax: 256, ordersMax: 4096 } as const

import { Mutator } from './mutator.ts'
import type { FuzzSubject, FuzzTarget } from './target.ts'

/**
 * Mutations between one fresh start of a target and the next: what a replay of a fault runs at most, and few enough that damage
 * to the state (a sequence number far away, all sessions taken) does not hide the rest.
 */
export const EPOCH_MUTATIONS = 500
/** Bytes of memory that a target may hold more than at its start; policy: more is a fault. */
const GROWTH_BYTES_MAX = 1 << 29
const POISONS = [0x00, 0xff] as const

export interface FuzzOptions {
  readonly targets: readonly FuzzTarget[]
  /** Of each target. */
  readonly mutations: number
  readonly seed: number
  /** The first mutation, a multiple of EPOCH_MUTATIONS; 0 if not given. */
  readonly from?: number
  /** Monotonic clock in nanoseconds. */
  readonly nowNs: () => number
  /** Bytes of memory that the process holds. */
  readonly memoryBytes: () => number
  /** Told a few times a second. */
  readonly onProgress?: (fraction: number, target: string) => void
}

/** What became of one target; the fault is the first one. */
export interface FuzzResult {
  readonly target: string
  readonly seeds: number
  readonly mutations: number
  readonly mutationsPerSecond: number
  readonly fault: FuzzFaultFacts | null
}

export interface FuzzFaultFacts {
  readonly mutation: number
  readonly what: string
  /** The input, in hexadecimal. */
  readonly input: string
  /** Runs the epoch again, with the same files. */
  readonly replay: string
}

/**
 * Gives every target the mutations of a seed: each to two subjects with different bytes around the input, whose results must
 * be the same. A fault ends its target, not the run. Each yield, after an epoch, is for the caller to let its event loop turn:
 * what zlib has finished with is given back there.
 */
export function* runFuzz(options: FuzzOptions): Generator<void, FuzzResult[]> {
  const { targets, mutations, onProgress } = options
  const results: FuzzResult[] = []
  for (const target of targets) {
    const onEpoch = (done: number) => onProgress?.((results.length + done / mutations) / targets.length, target.name)
    results.push(yield* fuzzTarget(target, options, onEpoch))
  }
  return results
}

function* fuzzTarget(
  target: FuzzTarget,
  options: FuzzOptions,
  onEpoch: (done: number) => void,
): Generator<void, FuzzResult> {
  const { mutations, nowNs, memoryBytes, from = 0 } = options
  const startNs = nowNs()
  const startBytes = memoryBytes()
  let done = 0
  let fault: FuzzFaultFacts | null = null
  while (done < mutations && fault === null) {
    const count = Math.min(EPOCH_MUTATIONS, mutations - done)
    fault = runEpoch(target, options, (from + done) / EPOCH_MUTATIONS, count)
    done += count
    yield
    const growth = memoryBytes() - startBytes
    if (growth > GROWTH_BYTES_MAX) fault ??= describe(target, options, from + done, `holds ${growth} bytes more`, [])
    onEpoch(done)
  }
  const seconds = (nowNs() - startNs) / 1e9
  const mutationsPerSecond = Math.round(done / seconds)
  return { target: target.name, seeds: target.seeds.length, mutations: done, mutationsPerSecond, fault }
}

function runEpoch(target: FuzzTarget, options: FuzzOptions, epoch: number, count: number): FuzzFaultFacts | null {
  const mutator = new Mutator(target.seeds, options.seed, epoch)
  const [left, right] = POISONS.map((poison) => target.open(poison)) as [FuzzSubject, FuzzSubject]
  for (let i = 0; i < count; i++) {
    mutator.next()
    const what = compare(left, right, mutator.bytes, mutator.length)
    if (what !== undefined) {
      const input = mutator.bytes.subarray(0, mutator.length)
      return describe(target, options, epoch * EPOCH_MUTATIONS + i, what, input)
    }
  }
  const isSame = JSON.stringify(left.report()) === JSON.stringify(right.report())
  return isSame ? null : describe(target, options, epoch * EPOCH_MUTATIONS + count, READS_OUTSIDE, [])
}

const READS_OUTSIDE = 'bytes outside of the input changed the result'

/** @returns what is wrong, undefined if nothing */
function compare(left: FuzzSubject, right: FuzzSubject, bytes: Uint8Array, length: number): string | undefined {
  try {
    return left.take(bytes, length) === right.take(bytes, length) ? undefined : READS_OUTSIDE
  } catch (thrown) {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  }
}

function describe(
  target: FuzzTarget,
  { seed }: FuzzOptions,
  mutation: number,
  what: string,
  input: ArrayLike<number>,
): FuzzFaultFacts {
  const epochStart = mutation - (mutation % EPOCH_MUTATIONS)
  return {
    mutation,
    what,
    input: Buffer.from(Uint8Array.from(Array.from(input))).toString('hex'),
    replay:
      `xk bench fuzz --target ${target.name} --seed ${seed} --from ${epochStart} ` +
      `--mutations ${mutation - epochStart + 1}`,
  }
}

/**
 * Cuts one input at every byte, and flips every bit of its first `bytesFlipped` bytes.
 * @returns what is wrong, and with which input; undefined if nothing
 */
export function exhaustInput(target: FuzzTarget, input: Uint8Array, bytesFlipped: number): string | undefined {
  const [left, right] = POISONS.map((poison) => target.open(poison)) as [FuzzSubject, FuzzSubject]
  const bytes = input.slice()
  for (let length = 0; length <= bytes.length; length++) {
    const what = compare(left, right, bytes, length)
    if (what !== undefined) return `${target.name} cut to ${length} bytes: ${what}`
  }
  for (let bit = 0; bit < Math.min(bytesFlipped, bytes.length) * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    const what = compare(left, right, bytes, bytes.length)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    if (what !== undefined) return `${target.name} with bit ${bit} flipped: ${what}`
  }
  return undefined
}

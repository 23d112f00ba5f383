import { Exhaustion } from './exhaust.ts'
import { type MemoryReading, MemoryWatch } from './memory-watch.ts'
import { Mutator } from './mutator.ts'
import type { FuzzTarget } from './target.ts'
import { TwoSubjects } from './two-subjects.ts'

/**
 * Mutations between one fresh start of a target and the next: what a replay of a fault runs at most, and few enough that damage
 * to the state (a sequence number far away, all sessions taken) does not hide the rest.
 */
export const EPOCH_MUTATIONS = 2000
/** Epochs between readings of the memory: each collects garbage, which takes some milliseconds. */
const MEMORY_EPOCHS = 50
/** Readings, with garbage collected before each, until one that is too high is believed. */
const MEMORY_TRIES = 20

export interface FuzzOptions {
  readonly targets: readonly FuzzTarget[]
  /** Of each target. */
  readonly mutations: number
  readonly seed: number
  /** The first mutation, a multiple of EPOCH_MUTATIONS; 0 if not given. */
  readonly from?: number
  /** Monotonic clock in nanoseconds. */
  readonly nowNs: () => number
  /** Collects garbage and tells what is left. */
  readonly readMemory: () => MemoryReading
  /** Runs an epoch; throws when it has not come back within a deadline. Without it, a run without an end is one. */
  readonly runBounded?: (epoch: () => void) => void
  /** Told a few times a second. */
  readonly onProgress?: (fraction: number, target: string) => void
}

/** What became of one target; the fault is the first one. */
export interface FuzzResult {
  readonly target: string
  readonly seeds: number
  /** Inputs that are a seed cut at a byte, or with a bit flipped; none in a run that does not begin at the first mutation. */
  readonly exhausted: number
  readonly mutations: number
  readonly mutationsPerSecond: number
  /** The most that memory grew by since the first epoch. */
  readonly growth: MemoryReading
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
 * Gives every target its first seeds cut at every byte and with every bit of their headers flipped, then the mutations of a seed: each to two subjects with different bytes around the input, whose results must
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
  const { mutations, nowNs, from = 0 } = options
  const memory = new MemoryWatch(options.readMemory)
  const exhaustion = new Exhaustion(target)
  const startNs = nowNs()
  let done = 0
  let fault: FuzzFaultFacts | null = null
  if (from === 0) {
    const what = runInTime(options, () => exhaustion.run()) ?? exhaustion.what
    const input = exhaustion.bytes.subarray(0, exhaustion.length)
    if (what !== undefined) fault = describe(target, options, 0, 1, what, input)
  }
  while (done < mutations && fault === null) {
    const count = Math.min(EPOCH_MUTATIONS, mutations - done)
    const epoch = (from + done) / EPOCH_MUTATIONS
    fault = runEpoch(target, options, epoch, count)
    done += count
    yield
    if (fault === null && ((done / EPOCH_MUTATIONS) % MEMORY_EPOCHS === 1 || done === mutations)) {
      const what = yield* checkMemory(memory)
      if (what !== undefined) fault = describe(target, options, epoch, count, what, [])
    }
    onEpoch(done)
  }
  const mutationsPerSecond = Math.round(done / ((nowNs() - startNs) / 1e9))
  return {
    target: target.name,
    seeds: target.seeds.length,
    exhausted: exhaustion.inputs,
    mutations: done,
    mutationsPerSecond,
    growth: memory.growth,
    fault,
  }
}

/** Array buffers are freed on other threads, what zlib held when the event loop turns: only what stays is held. */
function* checkMemory(memory: MemoryWatch): Generator<void, string | undefined> {
  let what = memory.check()
  for (let tries = 1; what !== undefined && tries < MEMORY_TRIES; tries++) {
    yield
    what = memory.check()
  }
  return what
}

function runEpoch(target: FuzzTarget, options: FuzzOptions, epoch: number, count: number): FuzzFaultFacts | null {
  const mutator = new Mutator(target.seeds, target.findFields, options.seed, epoch)
  let what: string | undefined
  let index = 0
  const run = () => {
    const subjects = new TwoSubjects(target)
    for (; index < count && what === undefined; index++) {
      mutator.next()
      what = subjects.take(mutator.bytes, mutator.length)
    }
    what ??= subjects.compareReports()
  }
  const thrown = runInTime(options, run)
  if (thrown !== undefined) {
    what = thrown
    index++
  }
  if (what === undefined) return null
  return describe(target, options, epoch, index, what, mutator.bytes.subarray(0, mutator.length))
}

/** @returns what was thrown, a deadline that was missed included; undefined if nothing */
function runInTime({ runBounded }: FuzzOptions, work: () => void): string | undefined {
  try {
    if (runBounded === undefined) work()
    else runBounded(work)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  }
}

/** @param count mutations of the epoch up to the one at fault */
function describe(
  target: FuzzTarget,
  { seed }: FuzzOptions,
  epoch: number,
  count: number,
  what: string,
  input: ArrayLike<number>,
): FuzzFaultFacts {
  const first = epoch * EPOCH_MUTATIONS
  return {
    mutation: first + count - 1,
    what,
    input: Buffer.from(Uint8Array.from(Array.from(input))).toString('hex'),
    replay: `xk bench fuzz --target ${target.name} --seed ${seed} --from ${first} --mutations ${count}`,
  }
}

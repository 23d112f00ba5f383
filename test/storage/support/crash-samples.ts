/**
 * Seeded crashes: random lives of a journal on a storage that loses power, is killed, refuses, writes short, flips bits or writes
 * to the wrong place. Each sample has its own seed, so that one alone replays a failure.
 */
import { JournalCorruptError } from '../../../storage/journal/errors.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { isRefusal, JournalModel, ModelViolation } from './journal-model.ts'
import { type CallName, MemoryStorage, PowerCut, refusal } from './memory-storage.ts'
import { Random } from './random.ts'

/** What ends a life, and what must have survived it. */
const FAULTS = {
  powerCut: 'durable',
  powerCutAfterShortWrites: 'durable',
  kill: 'written',
  refusedThenPowerCut: 'durable',
  refusedThenKill: 'written',
  bitFlip: 'reported',
  misdirectedWrite: 'reported',
  lostWrite: 'prefix',
} as const

export type Fault = keyof typeof FAULTS

const FAULT_NAMES = Object.keys(FAULTS) as Fault[]
const REFUSABLE: readonly CallName[] = ['create', 'write', 'sync', 'truncate', 'remove', 'syncFolder']
const ERRNOS = ['EIO', 'ENOSPC', 'EROFS', 'EDQUOT'] as const
const LIVES_MAX = 4
const STEPS_MAX = 24
/** Few sizes, so that a life repeats bytes of the one before: what that left behind must not come back to life. */
const BATCH_RECORDS = [1, 3, 24] as const

export interface CrashSamplesOptions {
  readonly crashes: number
  readonly seed: number
  /** Only these faults; all when left out. */
  readonly faults?: readonly Fault[]
}

/** How many crashes of each kind were survived. */
export type CrashCounts = Partial<Record<Fault, number>>

/** Runs samples until so many crashes are through. @throws Error with the seed of the sample that fails */
export function sampleCrashes(options: CrashSamplesOptions): CrashCounts {
  const counts: CrashCounts = {}
  let crashes = 0
  for (let sample = 0; crashes < options.crashes; sample++) {
    const seed = options.seed + sample
    try {
      crashes += runSample(new Random(seed), options.faults ?? FAULT_NAMES, counts)
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error)
      throw new Error(`XK_SEED=${seed}: ${what}`, { cause: error })
    }
  }
  return counts
}

function runSample(random: Random, faults: readonly Fault[], counts: CrashCounts): number {
  const model = new JournalModel(new MemoryStorage())
  const lives = 1 + random.below(LIVES_MAX)
  for (let life = 0; life < lives; life++) {
    const fault = faults[random.below(faults.length)]!
    live(model, random, fault)
    const storage = crash(model.storage, random, fault)
    counts[fault] = (counts[fault] ?? 0) + 1
    try {
      model.recover(storage, FAULTS[fault])
    } catch (error) {
      if (error instanceof ModelViolation) throw error
      // A reader refuses a folder whose first segment is gone or foreign; a mere crash never makes one.
      if (!(error instanceof JournalCorruptError) || FAULTS[fault] === 'durable' || FAULTS[fault] === 'written')
        throw error
      return life + 1
    }
    if (!canGoOn(model)) return life + 1
  }
  return lives
}

/** Damage ends a journal: a writer must refuse it. */
function canGoOn(model: JournalModel): boolean {
  try {
    model.open()
    return true
  } catch (error) {
    if (error instanceof JournalCorruptError) return false
    throw error
  }
}

/** Opens the journal and works with it until the fault strikes or the steps are done. */
function live(model: JournalModel, random: Random, fault: Fault): void {
  strikeAt(model.storage, random, fault)
  // Behind a write that the device only pretended, a reopened journal rightly goes on from less than was promised.
  const mayReopen = fault !== 'lostWrite' && fault !== 'misdirectedWrite'
  try {
    model.open()
    for (let steps = random.below(STEPS_MAX); steps >= 0; steps--) {
      const choice = random.below(10)
      if (choice === 0 && mayReopen) {
        model.close()
        model.open()
      } else if (choice === 1) model.sync()
      else if (choice === 2) model.turnSync()
      else
        model.append(
          choice < 7 ? JournalStream.Inbound : JournalStream.Outbound,
          BATCH_RECORDS[random.below(BATCH_RECORDS.length)]!,
        )
    }
    if (random.below(3) === 0) model.close()
  } catch (error) {
    if (!(error instanceof PowerCut || isRefusal(error))) throw error
    model.note()
    if (fault.startsWith('refused')) model.checkFailureIsFinal()
  }
}

/** Chooses the call at which the storage fails, and how. */
function strikeAt(storage: MemoryStorage, random: Random, fault: Fault): void {
  const strikes = storage.calls + random.below(random.below(2) === 0 ? 12 : 60)
  const errno = ERRNOS[random.below(ERRNOS.length)]!
  const refused = REFUSABLE[random.below(REFUSABLE.length)]!
  const beside = random.below(2) === 0 ? 'beside' : 'over an earlier write'
  let refusals = random.below(2) === 0 ? 1 : Number.POSITIVE_INFINITY
  storage.onCall = (call, index, bytes) => {
    const isStruck = index >= strikes
    switch (fault) {
      case 'powerCut':
      case 'kill':
      case 'bitFlip':
        if (isStruck) throw new PowerCut()
        return bytes
      case 'powerCutAfterShortWrites':
        if (isStruck) throw new PowerCut()
        return 1 + random.below(bytes)
      case 'misdirectedWrite':
        if (isStruck && call === 'write' && index < strikes + 3) storage.misdirectNext = beside
        return bytes
      case 'lostWrite':
        if (isStruck && call === 'write' && index < strikes + 3) storage.misdirectNext = 'nowhere'
        return bytes
      default:
        if (isStruck && call === refused && refusals-- > 0) throw refusal(errno)
        return bytes
    }
  }
}

/** What is on the disk afterwards. */
function crash(storage: MemoryStorage, random: Random, fault: Fault): MemoryStorage {
  if (fault === 'kill' || fault === 'refusedThenKill') return storage.afterKill()
  if (fault === 'bitFlip') return flipBit(storage.afterKill(), random)
  if (fault === 'misdirectedWrite' || fault === 'lostWrite') return storage.afterKill()
  const fates = storage.newFileFates()
  const chance = random.below(5)
  const survives = () => random.below(4) < chance
  return storage.afterPowerCut(survives, fates[random.below(fates.length)]!)
}

function flipBit(storage: MemoryStorage, random: Random): MemoryStorage {
  const names = [...storage.files.keys()]
  if (names.length === 0) return storage
  const image = storage.files.get(names[random.below(names.length)]!)!.seen
  if (image.length > 0) image[random.below(image.length)]! ^= 1 << random.below(8)
  return storage
}

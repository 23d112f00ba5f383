import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { Region } from '../../kernels/region/region.ts'
import type { ClockLog } from './clock-log.ts'
import type { DiskGuard } from './disk-guard.ts'
import { type StallSeen, StorageWatch } from './storage-watch.ts'

export interface JournalPolicy {
  readonly path: string
  readonly stallMs: number
  readonly onStall: 'continue' | 'halt'
  readonly durability: 'async' | 'group' | 'sync'
}

/** What the watch asks of the supervisor. */
export interface JournalAlarm {
  /** A line for the person who watches. */
  readonly warning: string
  /** Set when the session is to be halted in order, and why. */
  readonly halt: XkError | undefined
}

/** A stall under `continue` is told only from here on: shorter ones are counted. */
const TOLD_FROM_MS = 3000

const STALL_TEXT = {
  turn: 'does not turn',
  write: 'writes nothing although records wait',
  sync: 'makes nothing durable although batches are written',
} as const

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1048576).toLocaleString('en-US')} MiB`
}

/** Watches over the journal from outside: a storage kernel that stalls, a disk that fills up, clocks that part. */
export class JournalWatch {
  readonly storage: StorageWatch
  readonly #policy: JournalPolicy
  readonly #disk: DiskGuard
  readonly #clocks: ClockLog
  #isTold = false

  constructor(policy: JournalPolicy, disk: DiskGuard, clocks: ClockLog) {
    this.#policy = policy
    this.#disk = disk
    this.#clocks = clocks
    this.storage = new StorageWatch(policy.stallMs, policy.durability !== 'async')
  }

  /** @param region the storage kernel's, while it runs */
  look(region: Region | undefined, nowMs: number): JournalAlarm | undefined {
    this.#clocks.look(nowMs)
    const alarm = this.#lookAtDisk(nowMs)
    if (region === undefined) {
      this.storage.reset()
      return alarm
    }
    const glimpse = { heartbeat: region.heartbeat, positions: region.viewDoubles('positions') }
    const seen = this.storage.look(glimpse, nowMs)
    if (seen === undefined) this.#isTold = false
    return alarm ?? (seen && this.#judgeStall(seen))
  }

  /** The storage kernel was inside one call for so long, on the thread that looks. */
  noteBlocked(stillMs: number): JournalAlarm | undefined {
    this.#isTold = false
    const seen = this.storage.noteBlocked(stillMs)
    return seen && this.#judgeStall(seen)
  }

  #judgeStall(seen: StallSeen): JournalAlarm | undefined {
    const isHalting = this.#policy.onStall === 'halt'
    if (this.#isTold || (!isHalting && seen.stillMs < TOLD_FROM_MS)) return undefined
    this.#isTold = true
    const what = `the storage kernel ${STALL_TEXT[seen.stall]} for ${Math.round(seen.stillMs)} ms`
    if (!isHalting) return { warning: `${what}: the rings hold what comes`, halt: undefined }
    const halt = new XkError({
      code: 'journal-stalled',
      what: `${what}: the session was halted in order`,
      where: this.#policy.path,
      next: 'look at the disk (iostat -x 1); journal.onStall: continue lets the rings bridge stalls',
      exitCode: ExitCode.Host,
    })
    return { warning: halt.what, halt }
  }

  #describeLoss(): JournalAlarm {
    const halt = new XkError({
      code: 'journal-folder-lost',
      what: `the folder of the journal cannot be reached any more, ${this.#disk.fault}: the session was halted in order`,
      where: this.#policy.path,
      next: 'look for who removed or unmounted it',
      exitCode: ExitCode.Host,
    })
    return { warning: halt.what, halt }
  }

  #lookAtDisk(nowMs: number): JournalAlarm | undefined {
    const verdict = this.#disk.look(nowMs)
    if (verdict === undefined) return undefined
    if (verdict === 'lost') return this.#describeLoss()
    const what = `the disk of the journal has ${mebibytes(this.#disk.freeBytes)} left`
    if (verdict === 'warn') return { warning: `${what}: make room`, halt: undefined }
    const halt = new XkError({
      code: 'journal-disk-space',
      what: `${what}: the session was halted in order, before a write is refused`,
      where: this.#policy.path,
      next: 'make room, or choose another disk with --journal; journal.diskHaltBytes is the limit',
      exitCode: ExitCode.Host,
    })
    return { warning: halt.what, halt }
  }
}

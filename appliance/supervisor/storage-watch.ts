import { StoragePosition, type StorageStall, StorageState } from '../../kernels/loop/storage-positions.ts'

/** What is looked at, each turn of the supervisor. */
export interface StorageGlimpse {
  readonly heartbeat: number
  /** `StoragePosition` slots. */
  readonly positions: Float64Array
}

/** A storage kernel that has stood still for too long. */
export interface StallSeen {
  readonly stall: StorageStall
  readonly stillMs: number
  /** Whether this look is the first that sees it. */
  readonly isNew: boolean
}

/** One thing that must move while there is work. */
class Movement {
  #last = -1
  #sinceMs = 0

  /** @returns for how long it has not moved although it should */
  look(value: number, shouldMove: boolean, nowMs: number): number {
    if (value !== this.#last || !shouldMove) {
      this.#last = value
      this.#sinceMs = nowMs
    }
    return nowMs - this.#sinceMs
  }

  reset(): void {
    this.#last = -1
  }
}

/**
 * Notices a storage kernel that stalls: its loop does not turn, or it writes nothing although records are captured, or nothing
 * becomes durable although batches are written. Looked at every 20 ms, a limit of 80 ms is seen within 100.
 */
export class StorageWatch {
  /** Stalls seen, and the longest. */
  stalls = 0
  longestMs = 0
  readonly #stallMs: number
  readonly #syncs: boolean
  readonly #turns = new Movement()
  readonly #writes = new Movement()
  readonly #durables = new Movement()
  #isStalled = false

  /** @param syncs whether the durability asks for syncs all along: under `async` only written counts */
  constructor(stallMs: number, syncs: boolean) {
    this.#stallMs = stallMs
    this.#syncs = syncs
  }

  look(glimpse: StorageGlimpse, nowMs: number): StallSeen | undefined {
    const { positions } = glimpse
    if (positions[StoragePosition.State] !== StorageState.Running) {
      this.reset()
      return undefined
    }
    const sum = (inbound: StoragePosition) => positions[inbound]! + positions[inbound + 1]!
    const captured = sum(StoragePosition.CapturedInbound)
    const written = sum(StoragePosition.WrittenInbound)
    const durable = sum(StoragePosition.DurableInbound)
    const turn = this.#turns.look(glimpse.heartbeat, true, nowMs)
    const write = this.#writes.look(written, captured > written, nowMs)
    const sync = this.#durables.look(durable, this.#syncs && written > durable, nowMs)
    const stillMs = Math.max(turn, write, sync)
    if (stillMs < this.#stallMs) {
      this.#isStalled = false
      return undefined
    }
    const isNew = !this.#isStalled
    this.#isStalled = true
    if (isNew) this.stalls++
    this.longestMs = Math.max(this.longestMs, stillMs)
    return { stall: turn === stillMs ? 'turn' : write === stillMs ? 'write' : 'sync', stillMs, isNew }
  }

  /** It stood still inside one call, on the thread that looks: seen when the call is over. */
  noteBlocked(stillMs: number): StallSeen | undefined {
    if (stillMs < this.#stallMs) return undefined
    this.stalls++
    this.longestMs = Math.max(this.longestMs, stillMs)
    return { stall: 'write', stillMs, isNew: true }
  }

  /** Begins anew: it is not running, or was restarted. */
  reset(): void {
    for (const movement of [this.#turns, this.#writes, this.#durables]) movement.reset()
    this.#isStalled = false
  }
}

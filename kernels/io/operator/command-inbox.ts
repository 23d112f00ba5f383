import { OUTCOME_DOUBLES, OUTCOME_ROWS } from '../../loop/regions.ts'
import { Command, CommandCode, Header, RecordType } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { beginRecord, type RecordViews } from '../../records/views.ts'
import type { RingConsumer } from '../../ring/consumer.ts'

/**
 * What became of the latest commands, in the I/O kernel's region: a row of doubles for each, by its number modulo the rows.
 * The number is written last: whoever reads it knows that the rest of its row is there.
 */
export enum OutcomeSlot {
  /** Of the command, from 1. */
  Number = 0,
  /** Inbound sequence of its record. */
  Sequence = 1,
  /** An `Outcome`. */
  Outcome = 2,
  Before = 3,
  After = 4,
  Count = 5,
}

if ((OutcomeSlot.Count as number) !== OUTCOME_DOUBLES) throw new Error('outcomes: rows of another length than planned')

/** Whether a Command record was the I/O kernel's own word, not an operator's. */
export function isOwnCommand(views: RecordViews, at: number): boolean {
  const code = views.u32[(at + Command.Code) >> 2]
  return code === CommandCode.CancelAll && views.u32[(at + Command.Argument) >> 2] !== 0
}

/** Writes the I/O kernel's own word, all but its sequence and time, at a place of `Command.Bytes`. @param cause 1 or more */
export function writeOwnCancelAll(views: RecordViews, at: number, cause: number): void {
  beginRecord(views, at, Command.Bytes, RecordType.Command, 0)
  views.u32[(at + Command.Code) >> 2] = CommandCode.CancelAll
  views.u32[(at + Command.Argument) >> 2] = cause
}

/** Operators' commands to a live session: they come over the supervisor's ring, numbered from 1, and each is taken once. */
export class CommandInbox {
  readonly views: RecordViews
  /** Commands taken in this run, by a predecessor too. */
  taken = 0
  readonly #ring: RingConsumer
  readonly #outcomes: Float64Array
  #waitingAt = -1

  /** @param outcomes the section of the I/O kernel's own region */
  constructor(ring: RingConsumer, outcomes: Float64Array) {
    this.#ring = ring
    this.#outcomes = outcomes
    this.views = ring.views
  }

  /** Saves or restores how many were taken. */
  archive(archive: StateArchive): void {
    this.taken = archive.number(this.taken)
  }

  /** @returns the offset in `views` of the next command, the same again until it is taken; or −1 */
  next(): number {
    while (this.#waitingAt < 0) {
      const at = this.#ring.next()
      if (at < 0) return -1
      // A predecessor has published it, and died before it gave it back.
      if (this.views.f64[(at + Header.Sequence) >> 3]! > this.taken) this.#waitingAt = at
      else this.#ring.release()
    }
    return this.#waitingAt
  }

  /** The command at hand is published and obeyed. */
  pass(): void {
    this.#waitingAt = -1
    this.#ring.release()
  }

  /** Shows what became of the next command. @param values by `OutcomeSlot`, from `Sequence` on */
  answer(values: Float64Array): void {
    this.taken++
    const row = (this.taken % OUTCOME_ROWS) * OutcomeSlot.Count
    for (let slot: number = OutcomeSlot.Sequence; slot < OutcomeSlot.Count; slot++)
      this.#outcomes[row + slot] = values[slot]!
    this.#outcomes[row] = this.taken
  }
}

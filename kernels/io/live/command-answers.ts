import { Command, CommandCode, Header, Outcome } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import type { DropCopy } from '../drop-copy/drop-copy.ts'
import { CommandChange } from '../gate/operator-commands.ts'
import type { RiskGate } from '../gate/risk-gate.ts'
import { type CommandInbox, OutcomeSlot } from '../operator/command-inbox.ts'

/** What became of operators' commands beyond what the gate made of them, and the answers to those who sent them. */
export class CommandAnswers {
  readonly #gate: RiskGate
  readonly #dropCopy: DropCopy | undefined
  readonly #inbox: CommandInbox
  readonly #answer = new Float64Array(OutcomeSlot.Count)

  constructor(gate: RiskGate, dropCopy: DropCopy | undefined, inbox: CommandInbox) {
    this.#gate = gate
    this.#dropCopy = dropCopy
    this.#inbox = inbox
  }

  /** The gate has obeyed the command: a release of all also lets go what a break has halted. */
  settle(views: RecordViews, at: number): void {
    const { commands } = this.#gate
    const isOfAll = views.u16[(at + Header.Source) >> 1] === 0 && views.u8[at + Command.Symbol] === 0
    const isRelease = views.u32[(at + Command.Code) >> 2] === CommandCode.Release && isOfAll
    if (isRelease && this.#dropCopy?.isHalting) {
      this.#dropCopy.acknowledge()
      commands.outcome = Outcome.Done
    }
    this.#answer[OutcomeSlot.Sequence] = views.f64[(at + Header.Sequence) >> 3]!
    this.#answer[OutcomeSlot.Outcome] = commands.outcome
    this.#answer[OutcomeSlot.Before] = commands.change[CommandChange.Before]!
    this.#answer[OutcomeSlot.After] = commands.change[CommandChange.After]!
  }

  /** The command and its outcome are published: its sender is told. */
  send(): void {
    this.#inbox.answer(this.#answer)
  }
}

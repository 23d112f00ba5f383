import { Command, type CommandCode, Header, RecordType } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { beginRecord, type RecordViews } from '../../records/views.ts'

/** What an operator says; plain data. */
export interface OperatorCommand {
  readonly code: CommandCode
  /** Whom it concerns; 0 and '' for all. */
  readonly strategy: number
  readonly symbol: string
  /** A `Limit`, of a SetLimit. */
  readonly limit: number
  readonly value: number
  readonly who: string
  readonly why: string
}

/** What an operator says at a moment of the session. */
export interface ScriptedCommand extends OperatorCommand {
  /** Since the session's epoch. */
  readonly timeNs: number
}

/** Writes a command's record, all but its sequence and time, at a place of `Command.Bytes`. Texts are shorter than their fields. */
export function writeCommand(views: RecordViews, at: number, command: OperatorCommand): void {
  beginRecord(views, at, Command.Bytes, RecordType.Command, 0)
  views.u8.fill(0, at + Header.Bytes, at + Command.Bytes)
  views.u16[(at + Header.Source) >> 1] = command.strategy
  views.u32[(at + Command.Code) >> 2] = command.code
  views.u32[(at + Command.Argument) >> 2] = command.limit
  views.f64[(at + Command.Value) >> 3] = command.value
  writeText(views, at + Command.Symbol, command.symbol)
  writeText(views, at + Command.Who, command.who)
  writeText(views, at + Command.Why, command.why)
}

/** Commands by script, so that a replay can be interfered with and still be repeated to the byte. */
export class ScriptedCommands {
  /** [0]: when the next one is due; Infinity when there is none. */
  readonly nextNs = new Float64Array([Number.POSITIVE_INFINITY])
  readonly #commands: readonly ScriptedCommand[]
  #next = 0

  /** @param commands by ascending time */
  constructor(commands: readonly ScriptedCommand[]) {
    this.#commands = commands
    this.#announce()
  }

  /** Writes the next command's record, all but its sequence and time, at a place of `Command.Bytes`. */
  write(views: RecordViews, at: number): void {
    writeCommand(views, at, this.#commands[this.#next]!)
  }

  /** Saves or restores how many have been said. */
  archive(archive: StateArchive): void {
    this.#next = archive.number(this.#next)
    this.#announce()
  }

  /** Goes on to the next one. */
  pass(): void {
    this.#next++
    this.#announce()
  }

  #announce(): void {
    this.nextNs[0] = this.#commands[this.#next]?.timeNs ?? Number.POSITIVE_INFINITY
  }
}

/** The configuration lets in what fits. */
function writeText(views: RecordViews, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) views.u8[at + i] = text.charCodeAt(i)
}

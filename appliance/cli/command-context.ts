import type { XkError } from '../../kernels/host/xk-error.ts'
import { describeError } from './errors.ts'
import { ProgressLine } from './progress-line.ts'
import { wrapLines } from './table.ts'
import { makePaint, type Paint, type Terminal, textColumnsMax } from './terminal.ts'

/** What every command is given to talk to its user. */
export class CommandContext {
  readonly terminal: Terminal
  readonly paint: Paint
  /** Whether the result is to be one JSON object on standard output, and nothing else. */
  readonly isJson: boolean
  /** Fires on SIGINT and SIGTERM, with a StoppedError as its reason. */
  readonly signal: AbortSignal
  #progress: ProgressLine | undefined

  constructor(terminal: Terminal, isJson: boolean, signal: AbortSignal) {
    this.terminal = terminal
    this.paint = makePaint(terminal.hasColours)
    this.isJson = isJson
    this.signal = signal
  }

  /** A progress line for the work that begins now; ends the one before. */
  startProgress(title: string): ProgressLine {
    this.#progress?.finish()
    this.#progress = new ProgressLine(this.terminal, title)
    return this.#progress
  }

  /** Erases the progress line, if one is shown. */
  finishProgress(): void {
    this.#progress?.finish()
    this.#progress = undefined
  }

  /** The command's result: the value with `--json`, the lines otherwise. */
  printResult(value: unknown, renderLines: () => readonly string[]): void {
    this.finishProgress()
    this.terminal.write(this.isJson ? `${toJson(value)}\n` : `${renderLines().join('\n')}\n`)
  }

  /** A remark for the person who watches, never part of the result. */
  printNote(text: string): void {
    this.finishProgress()
    this.terminal.writeError(`${wrapLines(text, textColumnsMax(this.terminal)).join('\n')}\n`)
  }

  /** An error that does not end the command. */
  printError(error: XkError): void {
    this.finishProgress()
    this.terminal.writeError(describeError(error, textColumnsMax(this.terminal)))
  }
}

/** JSON with two blanks of indentation; a BigInt becomes a decimal string, a number that is none becomes null. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? member.toString() : member), 2)
}

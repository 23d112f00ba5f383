import { cutColoured } from '../cli/table.ts'
import type { Terminal } from '../cli/terminal.ts'

/** Rows kept free below the picture: the cursor's, and the shell's next line. */
const ROWS_FREE = 2

/** A picture on a terminal that is redrawn in place; what is above it stays. */
export class Screen {
  readonly #terminal: Terminal
  #rows = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Rows that a picture may have. */
  get rowsMax(): number {
    return Math.max(4, this.#terminal.rows - ROWS_FREE)
  }

  /** Draws a picture over the one before. */
  draw(lines: readonly string[]): void {
    const { columns } = this.#terminal
    const shown = lines.slice(0, this.rowsMax).map((line) => cutColoured(line, columns))
    const start = this.#rows === 0 ? '\u001b[?25l' : `\u001b[${this.#rows}A`
    const text = shown.map((line) => `\r\u001b[2K${line}\n`).join('')
    this.#terminal.write(`${start}${text}\u001b[0J`)
    this.#rows = shown.length
  }

  /** Gives the cursor back; the last picture stays. */
  close(): void {
    if (this.#rows > 0) this.#terminal.write('\u001b[?25h')
    this.#rows = 0
  }
}

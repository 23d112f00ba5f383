import { LINE_COLUMNS_MAX } from './table.ts'

/** Narrower terminals break the lines themselves. */
const TEXT_COLUMNS_MIN = 60
/** Rows of a terminal that does not tell. */
const ROWS_DEFAULT = 24

/** What a command prints to: standard output for results, standard error for progress, hints and errors. */
export interface Terminal {
  /** Results. */
  write(text: string): void
  /** Everything that is not a result. */
  writeError(text: string): void
  /** Whether a person watches standard error, so that a progress line may be redrawn. */
  readonly isInteractive: boolean
  /** Whether standard output shows colours. */
  readonly hasColours: boolean
  readonly columns: number
  /** Whether a person watches standard output, so that a picture may be redrawn in place. */
  readonly isWatched: boolean
  readonly rows: number
  /** Waits until a slow reader of the results has room again; at once where it has. For commands that print without end. */
  waitForReader(): Promise<void>
}

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

/** The process's own streams. Colours need a terminal, and NO_COLOR (no-color.org) turns them off. */
export function openTerminal(process: NodeJS.Process): Terminal {
  const noColour = (process.env.NO_COLOR ?? '') !== '' || process.env.TERM === 'dumb'
  return {
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true && process.env.TERM !== 'dumb',
    hasColours: process.stdout.isTTY === true && !noColour,
    get columns() {
      return process.stderr.columns || process.stdout.columns || LINE_COLUMNS_MAX
    },
    isWatched: process.stdout.isTTY === true && process.env.TERM !== 'dumb',
    get rows() {
      return process.stdout.rows || ROWS_DEFAULT
    },
    waitForReader: async () => {
      const { stdout } = process
      if (stdout.writableNeedDrain) await new Promise<void>((resolve) => stdout.once('drain', resolve))
    },
  }
}

/** How wide help and errors are: as the terminal, within bounds. */
export function textColumnsMax(terminal: Terminal): number {
  return Math.min(LINE_COLUMNS_MAX, Math.max(TEXT_COLUMNS_MIN, terminal.columns))
}

/** Colour functions that do nothing when colours are off. */
export function makePaint(hasColours: boolean): Paint {
  const paint = (open: number, close: number) => (text: string) =>
    hasColours ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
  }
}

import { formatNs } from './format.ts'
import { cutText } from './table.ts'
import type { Terminal } from './terminal.ts'

/** How often the line is redrawn: often enough to look alive, seldom enough to cost nothing. */
const REDRAW_INTERVAL_NS = 100_000_000n
/** Work that ends sooner than this shows no line at all. */
const FIRST_DRAW_AFTER_NS = 250_000_000n
const BAR_COLUMNS = 24

/**
 * One line on a terminal that says how far long work is: a bar where the end is known, elapsed and remaining time, and
 * a note. Silent in a pipe; erased at the end, so that the result stands alone.
 */
export class ProgressLine {
  readonly #terminal: Terminal
  readonly #title: string
  readonly #nowNs: () => bigint
  readonly #startNs: bigint
  #lastDrawNs = 0n
  #isDrawn = false

  /** @param nowNs monotonic clock, injected so that tests can turn it */
  constructor(terminal: Terminal, title: string, nowNs: () => bigint = process.hrtime.bigint) {
    this.#terminal = terminal
    this.#title = title
    this.#nowNs = nowNs
    this.#startNs = nowNs()
  }

  /**
   * Shows progress; calls that come too early or too often are ignored.
   * @param fraction from 0 to 1, or undefined while the end is not known
   */
  update(fraction: number | undefined, note = ''): void {
    if (!this.#terminal.isInteractive) return
    const now = this.#nowNs()
    const elapsed = now - this.#startNs
    if (elapsed < FIRST_DRAW_AFTER_NS || now - this.#lastDrawNs < REDRAW_INTERVAL_NS) return
    this.#lastDrawNs = now
    const line = [this.#title, ...this.#describe(fraction, Number(elapsed)), note].filter((part) => part !== '')
    this.#terminal.writeError(`\r\u001b[2K${cutText(line.join('  '), Math.max(10, this.#terminal.columns - 1))}`)
    this.#isDrawn = true
  }

  /** Erases the line; printing may go on. */
  finish(): void {
    if (this.#isDrawn) this.#terminal.writeError('\r\u001b[2K')
    this.#isDrawn = false
  }

  #describe(fraction: number | undefined, elapsedNs: number): string[] {
    if (fraction === undefined) return [formatNs(elapsedNs)]
    const share = Math.min(1, Math.max(0, fraction))
    const filled = Math.round(share * BAR_COLUMNS)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_COLUMNS - filled)}`
    const percent = `${Math.floor(share * 100)}`.padStart(3)
    if (share < 0.02 || share === 1) return [`${bar} ${percent} %`]
    return [`${bar} ${percent} %`, `${formatRemaining((elapsedNs / share) * (1 - share))} left`]
  }
}

/** An estimate: no finer than seconds. */
function formatRemaining(remainingNs: number): string {
  return remainingNs < 120e9 ? `${Math.max(1, Math.round(remainingNs / 1e9))} s` : formatNs(remainingNs)
}

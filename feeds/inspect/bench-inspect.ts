import { rmSync } from 'node:fs'
import { generateInMemory } from '../generate/memory-session.ts'
import { inspectCapture } from './inspect-capture.ts'
import { writeRepeated } from './repeat-capture.ts'

export interface InspectBenchOptions {
  /** Where the file goes while it is needed. */
  readonly path: string
  readonly bytes: number
  readonly rounds: number
  /** Monotonic clock in nanoseconds. */
  readonly nowNs: () => number
  /** The built reader thread, where it is not found by itself. */
  readonly threadUrl?: URL
  readonly onProgress?: (fraction: number, note: string) => void
}

/** Rates are those of the median round. */
export interface InspectBenchResult {
  readonly packets: number
  readonly messages: number
  readonly bytes: number
  readonly rounds: number
  readonly packetsPerSecond: number
  readonly messagesPerSecond: number
  readonly megabytesPerSecond: number
}

const SESSION = { seed: 7, symbols: 100, messages: 100_000 }

/**
 * Measures the inspection of a large capture, by the code of `xk inspect`: a generated session written over and over.
 * @throws an error of the file system; Error when the inspection does not find what was written
 */
export async function benchInspect(options: InspectBenchOptions): Promise<InspectBenchResult> {
  const { path, rounds, nowNs, threadUrl, onProgress } = options
  try {
    const { capture } = generateInMemory(SESSION)
    const written = writeRepeated(capture, path, options.bytes, (fraction) => onProgress?.(fraction, 'writing'))
    const seconds: number[] = []
    let messages = 0
    for (let round = 0; round < rounds; round++) {
      const startNs = nowNs()
      const facts = await inspectCapture(path, {
        threadUrl,
        onProgress: (fraction) => onProgress?.((round + fraction) / rounds, 'inspecting'),
      })
      seconds.push((nowNs() - startNs) / 1e9)
      const { itch50 = {} } = facts.messages
      messages = Object.values(itch50).reduce((sum, count) => sum + count, 0)
      const lost = facts.sessions.reduce((sum, { missing, duplicates }) => sum + missing + duplicates, 0)
      if (facts.packets !== written.packets || lost > 0) {
        throw new Error(
          `of ${written.packets} packets ${facts.packets} were found, ${lost} messages missing or repeated`,
        )
      }
    }
    const median = seconds.sort((a, b) => a - b)[rounds >> 1]!
    return {
      ...written,
      messages,
      rounds,
      packetsPerSecond: written.packets / median,
      messagesPerSecond: messages / median,
      megabytesPerSecond: written.bytes / 1e6 / median,
    }
  } finally {
    rmSync(path, { force: true })
  }
}

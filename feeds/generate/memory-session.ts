import { CaptureWriter } from './capture-writer.ts'
import { describeGeneratedCapture } from './generated-capture.ts'
import { resolveOptions, type SessionOptions } from './session-options.ts'
import { TradingDay } from './trading-day.ts'

/** A generated session that was not written to files. */
export interface MemorySession {
  /** Raw ITCH 5.0: messages behind u16 lengths. */
  readonly raw: Uint8Array
  /** The same over MoldUDP64 in pcapng. */
  readonly capture: Uint8Array
}

/**
 * Generates a session into memory: for benches and fuzzing, some millions of messages at most.
 * @throws SessionOptionError for an option out of bounds
 */
export function generateInMemory(options: SessionOptions): MemorySession {
  const resolved = resolveOptions(options)
  const day = new TradingDay(resolved)
  const packets = new CaptureWriter(describeGeneratedCapture(resolved))
  const raw: Uint8Array[] = []
  const capture: Uint8Array[] = []
  const drain = () => {
    capture.push(packets.bytes.slice(0, packets.usedBytes))
    packets.reset()
  }
  const { writer } = day.exchange
  for (const _ of day.run()) {
    raw.push(writer.bytes.slice(0, writer.usedBytes))
    for (let at = 0; at < writer.usedBytes; drain()) at = packets.append(writer.bytes, at, writer.usedBytes)
    writer.reset()
  }
  packets.finish()
  drain()
  return { raw: Buffer.concat(raw), capture: Buffer.concat(capture) }
}

import { CaptureWriter } from '../../feeds/generate/capture-writer.ts'
import { resolveOptions, type SessionOptions } from '../../feeds/generate/session-options.ts'
import { TradingDay } from '../../feeds/generate/trading-day.ts'

const START_NS = 34_200_000_000_000

/** A few seconds of a handful of symbols, at the pace of a busy market. */
const MARKET: SessionOptions = {
  seed: 1,
  symbols: 8,
  messages: 15_000,
  startTimeNs: START_NS,
  endTimeNs: START_NS + 3e9,
}

/** The same synthetic messages as a raw ITCH file and as a capture of packets, in memory. */
export interface SyntheticMarket {
  readonly raw: Uint8Array
  readonly capture: Uint8Array
}

/** Generates the market of a rehearsal: the same bytes every time. */
export function generateMarket(): SyntheticMarket {
  const options = resolveOptions(MARKET)
  const day = new TradingDay(options)
  const { writer } = day.exchange
  const packets = new CaptureWriter(options, options.packets)
  const raw: Uint8Array[] = []
  const capture: Uint8Array[] = []
  const drainPackets = () => {
    capture.push(packets.bytes.slice(0, packets.usedBytes))
    packets.reset()
  }
  for (const _ of day.run()) {
    raw.push(writer.bytes.slice(0, writer.usedBytes))
    for (let at = 0; at < writer.usedBytes; drainPackets()) at = packets.append(writer.bytes, at, writer.usedBytes)
    writer.reset()
  }
  packets.finish()
  drainPackets()
  return { raw: Buffer.concat(raw), capture: Buffer.concat(capture) }
}

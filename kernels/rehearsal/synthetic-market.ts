import { CaptureWriter } from '../../feeds/generate/capture-writer.ts'
import { describeGeneratedCapture } from '../../feeds/generate/generated-capture.ts'
import { resolveOptions, type SessionOptions } from '../../feeds/generate/session-options.ts'
import { TradingDay } from '../../feeds/generate/trading-day.ts'
import { BLOCK_HEADER_BYTES } from '../../feeds/moldudp64/layout.ts'

const START_NS = 34_200_000_000_000

/** Less than a minute of some symbols; before its opening nothing happens for seconds at a time. */
const MARKET: SessionOptions = {
  seed: 1,
  symbols: 24,
  messages: 15_000,
  startTimeNs: START_NS,
  endTimeNs: START_NS + 40e9,
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
  const packets = new CaptureWriter(describeGeneratedCapture(options))
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
  return { raw: repeatPart(Buffer.concat(raw)), capture: Buffer.concat(capture) }
}

/** Messages from the middle come twice: orders that are there already, and changes of orders that have gone. */
function repeatPart(raw: Uint8Array): Uint8Array {
  const from = messageAt(raw, raw.length * 0.3)
  const to = messageAt(raw, raw.length * 0.5)
  return Buffer.concat([raw.subarray(0, to), raw.subarray(from, to), raw.subarray(to)])
}

/** Offset of the first message at or behind an offset. */
function messageAt(raw: Uint8Array, offset: number): number {
  let at = 0
  while (at < offset) at += BLOCK_HEADER_BYTES + ((raw[at]! << 8) | raw[at + 1]!)
  return at
}

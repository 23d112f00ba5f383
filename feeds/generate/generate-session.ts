import { CaptureWriter } from './capture-writer.ts'
import { describeGeneratedCapture } from './generated-capture.ts'
import { type OutputFacts, OutputFile } from './output-file.ts'
import { midnightEpochSeconds } from './session-date.ts'
import { type ResolvedOptions, resolveOptions, SessionOptionError, type SessionOptions } from './session-options.ts'
import { TradingDay } from './trading-day.ts'

export interface CaptureFacts extends OutputFacts {
  /** All packets: data, heartbeats, ends of session. */
  readonly packets: number
  readonly heartbeats: number
  readonly endOfSessionPackets: number
  readonly session: string
  readonly firstSequence: number
  readonly lastSequence: number
  /** Stamps of the first and last packet in nanoseconds since the Unix epoch, as decimal text. */
  readonly firstTimeNs: string
  readonly lastTimeNs: string
}

/** What a generated session holds; plain data, fit for a JSON file beside it. */
export interface SessionFacts {
  readonly seed: number
  readonly symbols: number
  readonly date: string
  readonly utcOffsetMinutes: number
  readonly messages: number
  /** By the ITCH type letter, in alphabetical order. */
  readonly messagesByType: Readonly<Record<string, number>>
  /** Stamps of the first and last message in nanoseconds since the exchange's midnight. */
  readonly firstMessageNs: number
  readonly lastMessageNs: number
  readonly peakLiveOrders: number
  readonly endLiveOrders: number
  readonly raw: OutputFacts
  /** Null when no capture was asked for. */
  readonly capture: CaptureFacts | null
}

/**
 * Generates a synthetic trading day as TotalView-ITCH 5.0: a raw file of length-prefixed messages, a pcapng capture of
 * the same messages over MoldUDP64, either, or neither (then the facts alone). The bytes before compression depend on
 * the options alone: the same on every machine and Node version. Memory stays bounded by the live orders.
 * @throws SessionOptionError for an option out of bounds, before anything is written
 * @throws OutputFileError when a file cannot be written; no partial file is left
 */
export async function generateSession(options: SessionOptions): Promise<SessionFacts> {
  const resolved = resolveOptions(options)
  if (options.rawPath !== undefined && options.rawPath === options.capturePath) {
    throw new SessionOptionError('capturePath', 'both files have the same name', 'name them differently')
  }
  const day = new TradingDay(resolved)
  const raw = new OutputFile(options.rawPath)
  const outputs = [raw]
  try {
    const capture = options.capturePath === undefined ? undefined : new CaptureOutput(resolved, options.capturePath)
    if (capture !== undefined) outputs.push(capture.file)
    const writer = day.exchange.writer
    for (const _ of day.run()) {
      await raw.write(writer.bytes.subarray(0, writer.usedBytes))
      await capture?.append(writer.bytes, writer.usedBytes)
      writer.reset()
      options.onProgress?.({
        messages: writer.messages,
        messagesTarget: resolved.messages,
        timeNs: day.exchange.timeNs,
      })
    }
    return collectFacts(resolved, day, await raw.finish(), (await capture?.finish()) ?? null)
  } catch (error) {
    for (const output of outputs) await output.abandon()
    throw error
  }
}

/** The capture file and the packets on their way to it. */
class CaptureOutput {
  readonly file: OutputFile
  private readonly packets: CaptureWriter
  private readonly options: ResolvedOptions

  constructor(options: ResolvedOptions, path: string) {
    this.options = options
    this.packets = new CaptureWriter(describeGeneratedCapture(options))
    this.file = new OutputFile(path)
  }

  async append(chunk: Uint8Array, usedBytes: number): Promise<void> {
    let at = 0
    while (at < usedBytes) {
      at = this.packets.append(chunk, at, usedBytes)
      await this.drain()
    }
  }

  async finish(): Promise<CaptureFacts> {
    this.packets.finish()
    await this.drain()
    const { packets, heartbeats, endOfSessionPackets, nextSequence, firstSentNs, lastSentNs } = this.packets
    const epochSeconds = midnightEpochSeconds(this.options.date, this.options.utcOffsetMinutes)
    const epochNs = BigInt(epochSeconds) * 1_000_000_000n
    return {
      ...(await this.file.finish()),
      packets,
      heartbeats,
      endOfSessionPackets,
      session: this.options.session,
      firstSequence: 1,
      lastSequence: nextSequence - 1,
      firstTimeNs: (epochNs + BigInt(firstSentNs)).toString(),
      lastTimeNs: (epochNs + BigInt(lastSentNs)).toString(),
    }
  }

  private async drain(): Promise<void> {
    await this.file.write(this.packets.bytes.subarray(0, this.packets.usedBytes))
    this.packets.reset()
  }
}

function collectFacts(
  options: ResolvedOptions,
  day: TradingDay,
  raw: OutputFacts,
  capture: CaptureFacts | null,
): SessionFacts {
  const { writer, book, timeNs } = day.exchange
  const messagesByType: Record<string, number> = {}
  for (let type = 0; type < 256; type++) {
    const count = writer.messagesByType[type]!
    if (count > 0) messagesByType[String.fromCharCode(type)] = count
  }
  return {
    seed: options.seed,
    symbols: options.symbols,
    date: options.date,
    utcOffsetMinutes: options.utcOffsetMinutes,
    messages: writer.messages,
    messagesByType,
    firstMessageNs: options.startTimeNs,
    lastMessageNs: timeNs,
    peakLiveOrders: book.peakLive,
    endLiveOrders: book.live,
    raw,
    capture,
  }
}

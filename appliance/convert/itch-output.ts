import { CaptureWriter } from '../../feeds/generate/capture-writer.ts'
import { nameCounts } from '../../feeds/itch50/counts.ts'
import { Itch50RecordEncoder } from '../../feeds/itch50/record-encoder.ts'
import { Header, RecordType } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { ExportFile } from '../../storage/export/export-file.ts'
import type { OutputFacts, RecordOutput } from './record-output.ts'

const SECONDS_PER_DAY = 86_400

export interface ItchOutputOptions {
  readonly path: string
  /** Over MoldUDP64 in a pcapng capture, rather than raw. */
  readonly isCapture: boolean
  /** Record types that are written, instruments always; all if not given. */
  readonly types?: readonly RecordType[] | undefined
  /** The exchange's midnight; packets are stamped on 1970-01-01 without it. */
  readonly epochSeconds?: number | undefined
}

/** Records as TotalView-ITCH 5.0: a raw file, or packets that replay, inspect and tshark read. */
export class ItchOutput implements RecordOutput {
  readonly #encoder = new Itch50RecordEncoder()
  readonly #file: ExportFile
  readonly #capture: CaptureWriter | undefined
  readonly #types: ReadonlySet<number> | undefined

  /** @throws ExportError */
  constructor(options: ItchOutputOptions) {
    const { path, isCapture, types, epochSeconds } = options
    this.#types = types === undefined ? undefined : new Set<number>([...types, RecordType.Instrument])
    this.#capture = isCapture ? openCapture(epochSeconds) : undefined
    this.#file = new ExportFile(path)
  }

  write(views: RecordViews, at: number): boolean {
    if (this.#types?.has(views.u16[(at + Header.Type) >> 1]!) === false) return false
    const isTold = this.#encoder.encode(views, at)
    if (this.#encoder.isFull()) this.#drain()
    return isTold
  }

  finish(): OutputFacts {
    this.#drain()
    if (this.#capture !== undefined) {
      this.#capture.finish()
      this.#store(this.#capture)
    }
    const encoder = this.#encoder
    return {
      files: [{ ...this.#file.finish(), records: encoder.messages }],
      messages: nameCounts(encoder.messagesByType),
      packets: this.#capture?.packets ?? 0,
      notTold: encoder.losses.refusedToObject(),
      partlyTold: encoder.losses.lostToObject(),
    }
  }

  abandon(): void {
    this.#file.abandon()
  }

  #drain(): void {
    const encoder = this.#encoder
    const capture = this.#capture
    if (capture === undefined) this.#file.write(encoder.bytes.subarray(0, encoder.usedBytes))
    else {
      for (let at = 0; at < encoder.usedBytes; ) {
        at = capture.append(encoder.bytes, at, encoder.usedBytes)
        this.#store(capture)
      }
    }
    encoder.reset()
  }

  #store(capture: CaptureWriter): void {
    this.#file.write(capture.bytes.subarray(0, capture.usedBytes))
    capture.reset()
  }
}

/** A capture of packets as Nasdaq sends them: the addresses and sizes are those of generated sessions. */
function openCapture(epochSeconds: number | undefined): CaptureWriter {
  const midnightSeconds = epochSeconds ?? 0
  // Noon is of the exchange's day wherever its midnight lies.
  const noon = new Date((midnightSeconds + SECONDS_PER_DAY / 2) * 1_000).toISOString().slice(0, 10)
  return new CaptureWriter({
    session: `XK${noon.replaceAll('-', '')}`,
    midnightSeconds,
    address: { group: '233.54.12.111', source: '192.0.2.18', port: 26_477 },
    payloadBytesMax: 1_400,
    flushNs: 20_000,
    delaySeed: 0,
    comment: 'Converted: packets and their times are made from the messages',
    application: 'crosskernel xk convert',
    interfaceName: 'converted',
  })
}

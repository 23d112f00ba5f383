import type { ByteSource } from '../../feeds/capture/byte-source.ts'
import { MarketSource } from '../../feeds/capture/open-feed.ts'
import { ControlWord, ReaderChannel, ReaderState } from '../../feeds/capture/reader-channel.ts'
import type { RecognisedKind } from '../../feeds/capture/recognise.ts'
import { ThreadedSource } from '../../feeds/capture/threaded-source.ts'

/** Bytes that become visible at once. */
const PIECE_BYTES = 1 << 17

/** A market in memory that is read as from the reader thread: by the same classes, with the same waits for more. */
export class RehearsalSource {
  readonly market: MarketSource
  readonly #channel: ReaderChannel
  readonly #bytes: number

  constructor(bytes: Uint8Array, recognised: RecognisedKind) {
    let ringBytes = 1 << 16
    while (ringBytes < bytes.length) ringBytes *= 2
    this.#channel = ReaderChannel.create(ringBytes)
    this.#channel.ring.set(bytes)
    this.#bytes = bytes.length
    const path = 'rehearsal'
    Atomics.store(this.#channel.control, ControlWord.Started, 1)
    const open = (): ByteSource => new ThreadedSource(this.#channel, 1, path)
    this.market = new MarketSource([{ path, recognised, storedBytes: bytes.length, open }])
  }

  /** Lets the next piece be read. */
  advance(): void {
    const { control } = this.#channel
    const written = Math.min(Atomics.load(control, ControlWord.Written) + PIECE_BYTES, this.#bytes)
    Atomics.store(control, ControlWord.Written, written)
    if (written === this.#bytes) Atomics.store(control, ControlWord.State, ReaderState.End)
  }
}

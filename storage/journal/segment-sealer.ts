import { SegmentHash } from './seal.ts'

/** Who computes the SHA-256 of the segment being written. The writer tells it what it does. */
export interface SegmentSealer {
  /** A new segment begins with this header. */
  begin(segmentNumber: number, header: Uint8Array): void
  /** The segment goes to `endBytes` now; its last bytes are given. */
  wrote(segmentNumber: number, bytes: Uint8Array, endBytes: number): void
  /**
   * The hash of the segment's first `lengthBytes` bytes.
   * @param readBack hashes them from the file, for a sealer that does not know them: the segment was reopened
   */
  digest(segmentNumber: number, lengthBytes: number, readBack: () => SegmentHash): Buffer
}

/** Hashes in the writer's own thread. */
export class OwnSealer implements SegmentSealer {
  #hash: SegmentHash | undefined

  begin(_segmentNumber: number, header: Uint8Array): void {
    this.#hash = new SegmentHash()
    this.#hash.update(header)
  }

  wrote(_segmentNumber: number, bytes: Uint8Array): void {
    this.#hash?.update(bytes)
  }

  digest(_segmentNumber: number, _lengthBytes: number, readBack: () => SegmentHash): Buffer {
    this.#hash ??= readBack()
    return this.#hash.digest()
  }
}

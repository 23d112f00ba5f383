import type { SegmentFile, SegmentStorage } from '../../storage/journal/segment-storage.ts'

/** The segments of a small journal in memory, for one thread that neither crashes nor runs out of space. */
export class MemorySegments implements SegmentStorage {
  readonly label = 'memory'
  readonly files = new Map<string, Uint8Array>()

  list(): string[] {
    return [...this.files.keys()]
  }

  create(name: string, sizeBytes: number): SegmentFile {
    this.files.set(name, new Uint8Array(sizeBytes))
    return new MemorySegment(this, name)
  }

  open(name: string): SegmentFile {
    return new MemorySegment(this, name)
  }

  remove(name: string): void {
    this.files.delete(name)
  }

  syncFolder(): void {}
}

class MemorySegment implements SegmentFile {
  readonly name: string
  readonly #segments: MemorySegments

  constructor(segments: MemorySegments, name: string) {
    this.#segments = segments
    this.name = name
  }

  write(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number {
    this.#bytes().set(bytes.subarray(offset, offset + length), positionBytes)
    return length
  }

  read(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number {
    const found = this.#bytes().subarray(positionBytes, positionBytes + length)
    bytes.set(found, offset)
    return found.length
  }

  sync(): void {}

  sizeBytes(): number {
    return this.#bytes().length
  }

  truncate(keepBytes: number, sizeBytes: number): void {
    const bytes = new Uint8Array(sizeBytes)
    bytes.set(this.#bytes().subarray(0, keepBytes))
    this.#segments.files.set(this.name, bytes)
  }

  close(): void {}

  #bytes(): Uint8Array {
    return this.#segments.files.get(this.name)!
  }
}

import type { BackgroundSync } from './background-sync.ts'
import { errnoNameOf, JournalIoError, JournalOperation, JournalUsageError } from './errors.ts'
import { SegmentHash } from './seal.ts'
import type { SegmentFile, SegmentStorage } from './segment-storage.ts'

/** The file calls of a writer. The first refusal of the system is kept, and ends it. */
export class SegmentAppender {
  /** The refusal that ended it. */
  failure: JournalIoError | undefined
  #file: SegmentFile | undefined
  readonly #storage: SegmentStorage

  constructor(storage: SegmentStorage) {
    this.#storage = storage
  }

  get isOpen(): boolean {
    return this.#file !== undefined
  }

  /** Creates a segment and makes its header and its name durable. @throws JournalIoError */
  create(name: string, segmentBytes: number, header: Uint8Array): void {
    const storage = this.#storage
    this.#file = this.#attempt(JournalOperation.Create, name, () => storage.create(name, segmentBytes))
    this.write(header, 0, header.length, 0)
    this.sync()
    this.#attempt(JournalOperation.Sync, 'the folder', () => storage.syncFolder())
  }

  /**
   * Opens a segment that a writer left, and makes what it keeps durable.
   * @param isTorn whether what lies behind `keepBytes` is to be cut
   * @throws JournalIoError
   */
  reopen(name: string, keepBytes: number, segmentBytes: number, isTorn: boolean): void {
    const file = this.#attempt(JournalOperation.Read, name, () => this.#storage.open(name, 'write'))
    this.#file = file
    if (isTorn || file.sizeBytes() < segmentBytes) {
      this.#attempt(JournalOperation.Truncate, name, () => file.truncate(keepBytes, segmentBytes))
    }
    this.sync()
  }

  /** Removes a segment whose creation was cut short. @throws JournalIoError */
  remove(name: string): void {
    this.#attempt(JournalOperation.Truncate, name, () => {
      this.#storage.remove(name)
      this.#storage.syncFolder()
    })
  }

  /** Writes all of it; a short write is continued, a refused one is final. @throws JournalIoError */
  write(bytes: Uint8Array, offset: number, length: number, positionBytes: number): void {
    const file = this.#file!
    let done = 0
    try {
      while (done < length) {
        const count = file.write(bytes, offset + done, length - done, positionBytes + done)
        if (count <= 0) throw new JournalUsageError('a write took no bytes')
        done += count
      }
    } catch (error) {
      this.#fail(JournalOperation.Write, error, `${file.name} offset ${positionBytes + done}`)
    }
  }

  /** Hash of the first `lengthBytes` bytes of the open segment, read back. @throws JournalIoError */
  hash(lengthBytes: number): SegmentHash {
    const file = this.#file!
    return this.#attempt(JournalOperation.Read, file.name, () => SegmentHash.over(file, lengthBytes))
  }

  /** @throws JournalIoError */
  sync(): void {
    const file = this.#file!
    try {
      file.sync()
    } catch (error) {
      this.#fail(JournalOperation.Sync, error, file.name)
    }
  }

  /** Begins to sync beside the writer. @returns whether that can be done */
  beginSync(background: BackgroundSync): boolean {
    return background.begin(this.#file!)
  }

  /** Waits for the sync that was begun. @throws JournalIoError */
  endSync(background: BackgroundSync): void {
    try {
      background.end()
    } catch (error) {
      this.#fail(JournalOperation.Sync, error, this.#file!.name)
    }
  }

  close(): void {
    this.#file?.close()
    this.#file = undefined
  }

  #attempt<T>(operation: JournalOperation, where: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      return this.#fail(operation, error, where)
    }
  }

  #fail(operation: JournalOperation, error: unknown, where: string): never {
    this.failure = new JournalIoError(operation, errnoNameOf(error), `${this.#storage.label}, ${where}`, error)
    throw this.failure
  }
}

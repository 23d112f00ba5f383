/**
 * What the journal needs of a file system, in blocking calls, so that tests can put a storage underneath that fails or
 * loses power at any call. A failed call throws an error whose `code` is the errno name.
 */
export interface SegmentFile {
  readonly name: string
  /** Of an open file of this process, for a sync from another of its threads; left out where there is none. */
  readonly descriptor?: number
  /** @returns bytes written, which may be fewer than asked */
  write(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number
  /** @returns bytes read; fewer than asked only at the end of the file */
  read(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number
  /** Makes data, and the metadata needed to read it back, durable (fdatasync(2)). */
  sync(): void
  sizeBytes(): number
  /** Cuts to `keepBytes`, then extends with preallocated zeros to `sizeBytes`. */
  truncate(keepBytes: number, sizeBytes: number): void
  close(): void
}

export interface SegmentStorage {
  /** Where it is, for messages. */
  readonly label: string
  /** Names of all files, in no particular order. */
  list(): string[]
  /** Creates a file of `sizeBytes` zeros with its disk blocks reserved; fails with EEXIST where one exists. */
  create(name: string, sizeBytes: number): SegmentFile
  open(name: string, access: 'read' | 'write'): SegmentFile
  remove(name: string): void
  /** Makes creations and removals durable (fsync(2) of the folder). */
  syncFolder(): void
}

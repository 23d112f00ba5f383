import { closeSync, readFileSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'
import { BufferSource, type ByteSource, Stored } from './byte-source.ts'
import { CaptureError } from './capture-error.ts'
import { openCapture } from './file-source.ts'

/** Decompressed bytes that a `GzipSource` holds in memory at most. */
const GZIP_BYTES_MAX = 1 << 28
/** Header and trailer of a gzip member: RFC 1952, section 2.3. */
const MEMBER_BYTES_MIN = 18
const HEAD_OUTPUT_BYTES_MAX = 1 << 24
const CHUNK_BYTES_MIN = 1 << 10
const CHUNK_BYTES_MAX = 1 << 17

/**
 * A gzip file, decompressed whole in memory: for tests and small files. Large ones go through `ThreadedSource`.
 * Several members in one file are read as one stream (RFC 1952, section 2.2).
 */
export class GzipSource implements ByteSource {
  readonly error: CaptureError | undefined
  readonly stored: Float64Array
  readonly #inner: BufferSource

  /** @throws CaptureError when the file cannot be read or holds more than 256 MiB */
  constructor(path: string) {
    closeSync(openCapture(path))
    const packed = readFileSync(path)
    const { bytes, error } = gunzip(packed, path)
    this.error = error
    this.#inner = new BufferSource(bytes, 1 << 16)
    this.stored = new Float64Array([packed.length, packed.length])
  }

  read(target: Uint8Array, at: number, length: number): number {
    return this.#inner.read(target, at, length)
  }

  close(): void {
    this.stored[Stored.ReadBytes] = this.stored[Stored.TotalBytes]!
  }
}

/**
 * Decompresses a gzip file in memory: all of it, or what comes before the damage.
 * @throws CaptureError when it holds more than 256 MiB
 */
export function gunzip(packed: Uint8Array, path: string): { bytes: Uint8Array; error: CaptureError | undefined } {
  const limit = { maxOutputLength: GZIP_BYTES_MAX, chunkSize: chunkBytesOf(packed) }
  try {
    return { bytes: gunzipSync(packed, limit), error: undefined }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new CaptureError('capture-too-large', 'more than 256 MiB when decompressed', path, cause)
    }
    const bytes = gunzipPrefix(packed, (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR')
    return { bytes, error: toGzipError(cause, path, bytes.length) }
  }
}

/**
 * What can be decompressed of damaged bytes: halving finds the longest prefix that zlib takes.
 * @param isCut only the end is missing: the longest prefix is all of it
 */
function gunzipPrefix(packed: Uint8Array, isCut: boolean): Uint8Array {
  const options = {
    maxOutputLength: GZIP_BYTES_MAX,
    chunkSize: chunkBytesOf(packed),
    finishFlush: constants.Z_SYNC_FLUSH,
  }
  let good: Uint8Array = new Uint8Array(0)
  let least = 0
  let most = packed.length
  let isFirst = isCut
  while (least < most) {
    const middle = isFirst ? most : (least + most + 1) >> 1
    isFirst = false
    try {
      good = gunzipSync(packed.subarray(0, middle), options)
      least = middle
    } catch {
      most = middle - 1
    }
  }
  return good
}

/** Bytes of the pieces that zlib fills: four times what is packed, so that most of it is one piece. */
function chunkBytesOf(packed: Uint8Array): number {
  return Math.min(CHUNK_BYTES_MAX, Math.max(CHUNK_BYTES_MIN, packed.length * 4))
}

/** The typed error for a failure of zlib after `offset` decompressed bytes. */
export function toGzipError(cause: unknown, path: string, offset: number): CaptureError {
  const { code, message } = cause as NodeJS.ErrnoException
  const where = `${path} after ${offset} decompressed bytes`
  if (code === 'Z_BUF_ERROR') {
    return new CaptureError('capture-gzip-truncated', 'the compressed data ends before its end', where, cause)
  }
  return new CaptureError('capture-gzip-damaged', `the compressed data is damaged: ${message}`, where, cause)
}

/** Decompresses the beginning as far as it goes; a compressed kilobyte may hold megabytes, so the output is bounded. */
export function gunzipHead(stored: Uint8Array): Uint8Array {
  for (let length = stored.length; length >= MEMBER_BYTES_MIN; length >>= 1) {
    try {
      const options = {
        maxOutputLength: HEAD_OUTPUT_BYTES_MAX,
        chunkSize: chunkBytesOf(stored),
        finishFlush: constants.Z_SYNC_FLUSH,
      }
      return gunzipSync(stored.subarray(0, length), options)
    } catch {
      // Damage further on must not hide what the file begins with.
    }
  }
  return new Uint8Array(0)
}

import { closeSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { gunzipPrefix } from '../gzip/gunzip-prefix.ts'
import { BufferSource, type ByteSource, Stored } from './byte-source.ts'
import { CaptureError } from './capture-error.ts'
import { openCapture } from './file-source.ts'

/** Decompressed bytes that a `GzipSource` holds in memory at most. */
const GZIP_BYTES_MAX = 1 << 28
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
    const bytes = gunzipPrefix(packed, GZIP_BYTES_MAX)
    return { bytes, error: toGzipError(cause, path, bytes.length) }
  }
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

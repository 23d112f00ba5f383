import { closeSync, readFileSync, readSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { gunzipPrefix } from '../gzip/gunzip-prefix.ts'
import { openCapture } from './file-source.ts'
import { FRAME_MAGIC, isSkippableMagic } from './zstd-layout.ts'
import { ZstdSource } from './zstd-source.ts'

/** How a stored file is compressed, by its first bytes. */
export enum Packing {
  None = 0,
  Gzip = 1,
  Zstd = 2,
}

/** Stored bytes read to see what is inside. */
const HEAD_BYTES = 1 << 16

/** Recognises gzip (RFC 1952, section 2.3.1) and zstd (RFC 8878, section 3.1; skippable frames may come first). */
export function packingOf(head: Uint8Array): Packing {
  if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) return Packing.Gzip
  if (head.length < 4) return Packing.None
  const magic = (head[0]! | (head[1]! << 8) | (head[2]! << 16) | (head[3]! << 24)) >>> 0
  return magic === FRAME_MAGIC || isSkippableMagic(magic) ? Packing.Zstd : Packing.None
}

/**
 * The first bytes of a capture, decompressed where it is compressed.
 * @throws CaptureError when the file cannot be read
 */
export function readHead(path: string, bytes: number): { head: Uint8Array; packing: Packing } {
  const descriptor = openCapture(path)
  try {
    const buffer = new Uint8Array(HEAD_BYTES)
    const stored = buffer.subarray(0, readSync(descriptor, buffer, 0, HEAD_BYTES, 0))
    const packing = packingOf(stored)
    if (packing === Packing.None) return { head: stored.subarray(0, bytes), packing }
    const head = packing === Packing.Gzip ? gunzipPrefix(stored, bytes) : readZstd(path, bytes)
    return { head, packing }
  } finally {
    closeSync(descriptor)
  }
}

/**
 * A whole file, decompressed, in memory: for benches over memory.
 * @throws CaptureError when a zstd file cannot be read; what `fs` and `zlib` throw otherwise
 */
export function readDecompressed(path: string): Uint8Array {
  const stored = readFileSync(path)
  const packing = packingOf(stored)
  if (packing === Packing.Zstd) return readZstd(path, Number.POSITIVE_INFINITY)
  return packing === Packing.Gzip ? gunzipSync(stored) : stored
}

/** The first decompressed bytes of a zstd file, as far as they go. */
function readZstd(path: string, bytesMax: number): Uint8Array {
  const source = new ZstdSource(path)
  const parts: Uint8Array[] = []
  let length = 0
  while (length < bytesMax) {
    const part = new Uint8Array(Math.min(HEAD_BYTES, bytesMax - length))
    const count = source.read(part, 0, part.length)
    if (count <= 0) break
    parts.push(part.subarray(0, count))
    length += count
  }
  source.close()
  return Buffer.concat(parts)
}

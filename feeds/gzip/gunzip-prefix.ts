import { crc32 } from 'node:zlib'
import { Inflater } from './inflater.ts'
import { GZIP_MAGIC, GzipFlag, GzipMember, GzipTrailer, METHOD_DEFLATE } from './layout.ts'

const inflater = new Inflater()

/**
 * Decompresses gzip members as far as they are good: every byte before the damage, the cut, or the bound. zlib as Node offers it
 * keeps to itself what comes before damage. Source: RFC 1952.
 * @param bytesMax bound of what is decompressed
 */
export function gunzipPrefix(packed: Uint8Array, bytesMax: number): Uint8Array {
  const { output } = inflater
  output.reset(bytesMax)
  // Zeros behind the last member are padding.
  for (let at = 0; at >= 0 && at < packed.length && (at === 0 || packed[at] !== 0); ) at = gunzipMember(packed, at)
  return output.take()
}

/** @returns where the member ends, −1 when it is damaged or cut */
function gunzipMember(packed: Uint8Array, at: number): number {
  const { output } = inflater
  const first = output.length
  const dataAt = findData(packed, at)
  const end = dataAt < 0 ? -1 : inflater.inflate(packed, dataAt)
  if (end < 0 || end + GzipMember.TrailerBytes > packed.length) return -1
  const size = (output.length - first) >>> 0
  const isWhole =
    readU32(packed, end + GzipTrailer.Size) === size &&
    readU32(packed, end + GzipTrailer.Checksum) === crc32(output.view(first))
  return isWhole ? end + GzipMember.TrailerBytes : -1
}

/** Where a member's deflated data begins; −1 when it has no good header. */
function findData(packed: Uint8Array, start: number): number {
  if (start + GzipMember.HeaderBytes > packed.length) return -1
  if (packed[start] !== GZIP_MAGIC[0] || packed[start + 1] !== GZIP_MAGIC[1]) return -1
  const flags = packed[start + GzipMember.Flags]!
  if (packed[start + GzipMember.Method] !== METHOD_DEFLATE || (flags & GzipFlag.Reserved) !== 0) return -1
  let at = start + GzipMember.HeaderBytes
  if ((flags & GzipFlag.Extra) !== 0) {
    if (at + 2 > packed.length) return -1
    at += 2 + (packed[at]! | (packed[at + 1]! << 8))
  }
  if ((flags & GzipFlag.Name) !== 0) at = behindText(packed, at)
  if ((flags & GzipFlag.Comment) !== 0) at = behindText(packed, at)
  if ((flags & GzipFlag.HeaderChecksum) !== 0) {
    if (at + 2 > packed.length) return -1
    if ((packed[at]! | (packed[at + 1]! << 8)) !== (crc32(packed.subarray(start, at)) & 0xffff)) return -1
    at += 2
  }
  return at > packed.length ? -1 : at
}

/** Behind the zero that ends a text; beyond the end when there is none. */
function behindText(packed: Uint8Array, at: number): number {
  if (at >= packed.length) return packed.length + 1
  const zero = packed.indexOf(0, at)
  return zero < 0 ? packed.length + 1 : zero + 1
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

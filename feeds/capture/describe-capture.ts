import { statSync } from 'node:fs'
import { describeKnownFile } from '../known-files/known-files.ts'
import { FILE_PROTOCOLS } from '../protocol/registry.ts'
import { BufferSource } from './byte-source.ts'
import { CaptureError } from './capture-error.ts'
import type { CaptureFile } from './capture-file.ts'
import { FileSource } from './file-source.ts'
import { type CaptureTime, findFirstFrame } from './first-frame.ts'
import { Packing, readHead } from './packing.ts'
import { CaptureKind, nameKind, RECOGNISE_BYTES, recogniseCapture } from './recognise.ts'

/** Bytes of a compressed file, decompressed, among which its first packet is looked for. */
const HEAD_BYTES = 1 << 20

/** What a file is, before it is opened for reading. */
export interface CaptureDescription extends Omit<CaptureFile, 'open'> {
  readonly packing: Packing
  /** Its first bytes, decompressed; RECOGNISE_BYTES of them where it has so many. */
  readonly head: Uint8Array
}

/**
 * Recognises a capture by its first bytes.
 * @param feeds names of the protocols that a file of messages is taken for; all if not given
 * @throws CaptureError
 */
export function describeCapture(path: string, feeds?: readonly string[]): CaptureDescription {
  const { head: start, packing } = readHead(path, HEAD_BYTES)
  const head = start.subarray(0, RECOGNISE_BYTES)
  const chosen = FILE_PROTOCOLS.filter(({ name }) => feeds === undefined || feeds.includes(name))
  const recognised = recogniseCapture(head, chosen)
  if (recognised.kind === CaptureKind.Unknown) throw describeUnknown(path, head, packing, feeds)
  const isOfPackets = recognised.kind !== CaptureKind.Messages
  const firstTime = isOfPackets
    ? findFirstTime(recognised.kind, path, packing === Packing.None ? undefined : start)
    : undefined
  return { path, recognised, packing, storedBytes: statSync(path).size, head, firstTime }
}

/** @param start the first decompressed bytes of a compressed file; another one is read as far as its first packet */
function findFirstTime(kind: CaptureKind, path: string, start: Uint8Array | undefined): CaptureTime | undefined {
  const source = start === undefined ? new FileSource(path) : new BufferSource(start)
  try {
    return findFirstFrame(kind, source)
  } finally {
    source.close()
  }
}

function describeUnknown(
  path: string,
  head: Uint8Array,
  packing: Packing,
  feeds: readonly string[] | undefined,
): CaptureError {
  const other = recogniseCapture(head)
  if (other.kind !== CaptureKind.Unknown) {
    const chosen = feeds?.join(' or ') ?? ''
    return new CaptureError('capture-other-feed', `this is a file of ${nameKind(other)}, not of ${chosen}`, path)
  }
  if (head.length === 0) {
    if (packing === Packing.None) return new CaptureError('capture-empty', 'the file is empty', path)
    const code = packing === Packing.Gzip ? 'capture-gzip-damaged' : 'capture-zstd-damaged'
    return new CaptureError(code, 'nothing of the compressed data can be read', path)
  }
  const isPacked = packing !== Packing.None
  const known = describeKnownFile(head)
  if (known !== undefined) {
    const what = `this is no capture file: ${isPacked ? 'decompressed, it' : 'it'} is ${known.what}; ${known.advice}`
    return new CaptureError('capture-unrecognised', what, path)
  }
  const first = Buffer.from(head.subarray(0, 8)).toString('hex')
  const what = `this is no capture file: ${isPacked ? 'decompressed, it' : 'it'} begins with ${first}`
  return new CaptureError('capture-unrecognised', what, path)
}

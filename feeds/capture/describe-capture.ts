import { statSync } from 'node:fs'
import { BufferSource } from './byte-source.ts'
import { CaptureError } from './capture-error.ts'
import type { CaptureFile } from './capture-file.ts'
import { FileSource } from './file-source.ts'
import { type CaptureTime, findFirstFrame } from './first-frame.ts'
import { readHead } from './gzip-source.ts'
import { CaptureKind, RECOGNISE_BYTES, recogniseCapture } from './recognise.ts'

/** Bytes of a compressed file, decompressed, among which its first packet is looked for. */
const HEAD_BYTES = 1 << 20

/** What a file is, before it is opened for reading. */
export interface CaptureDescription extends Omit<CaptureFile, 'open'> {
  readonly isPacked: boolean
  /** Its first bytes, decompressed; RECOGNISE_BYTES of them where it has so many. */
  readonly head: Uint8Array
}

/**
 * Recognises a capture by its first bytes.
 * @throws CaptureError
 */
export function describeCapture(path: string): CaptureDescription {
  const { head: start, isPacked } = readHead(path, HEAD_BYTES)
  const head = start.subarray(0, RECOGNISE_BYTES)
  const recognised = recogniseCapture(head)
  if (recognised.kind === CaptureKind.Unknown) throw describeUnknown(path, head, isPacked)
  const isOfPackets = recognised.kind !== CaptureKind.Messages
  const firstTime = isOfPackets ? findFirstTime(recognised.kind, path, isPacked ? start : undefined) : undefined
  return { path, recognised, isPacked, storedBytes: statSync(path).size, head, firstTime }
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

function describeUnknown(path: string, head: Uint8Array, isPacked: boolean): CaptureError {
  if (head.length === 0) {
    return isPacked
      ? new CaptureError('capture-gzip-damaged', 'nothing of the compressed data can be read', path)
      : new CaptureError('capture-empty', 'the file is empty', path)
  }
  const first = Buffer.from(head.subarray(0, 8)).toString('hex')
  const what = `this is no capture file: ${isPacked ? 'decompressed, it' : 'it'} begins with ${first}`
  return new CaptureError('capture-unrecognised', what, path)
}

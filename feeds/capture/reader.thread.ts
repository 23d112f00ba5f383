import { closeSync, readSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { Stored } from './byte-source.ts'
import { type CaptureError, toCaptureError } from './capture-error.ts'
import { openCapture } from './file-source.ts'
import { Gunzipper } from './gunzipper.ts'
import { toGzipError } from './gzip-source.ts'
import { Packing } from './packing.ts'
import { ControlWord, FactSlot, ReaderChannel, ReaderState } from './reader-channel.ts'
import { ZstdSource } from './zstd-source.ts'

/*
 * The reader thread: reads capture files one after the other, decompresses them, and writes the bytes into the shared
 * ring. It blocks in Atomics.wait while the ring is full; nothing of it depends on the event loop of the thread that
 * started it.
 */

/** What the starting thread hands over. */
export interface ReaderSetup {
  readonly buffer: SharedArrayBuffer
  readonly files: readonly { readonly path: string; readonly packing: Packing }[]
}

const CHUNK_BYTES = 1 << 16
/** Sizes of the pieces in which a damaged piece is taken apart. */
const SALVAGE_STEPS = [256, 1]
/** A wait is cut into pieces, so that a stop is seen even where its notification is missed. */
const WAIT_MS = 200

const setup = workerData as ReaderSetup
const channel = new ReaderChannel(setup.buffer)
const { control, ring, mask } = channel
let request = 0
let writtenBytes = 0

/** The user has gone, or has asked for another file. */
function isAbandoned(): boolean {
  return Atomics.load(control, ControlWord.Stop) !== 0 || Atomics.load(control, ControlWord.Requested) !== request
}

/** Writes all of `chunk`, waiting for room. @returns false when nobody wants it any more */
function write(chunk: Uint8Array): boolean {
  let written = Atomics.load(control, ControlWord.Written)
  let from = 0
  while (from < chunk.length) {
    if (isAbandoned()) return false
    const read = Atomics.load(control, ControlWord.Read)
    const free = ring.length - ((written - read) | 0)
    if (free === 0) {
      Atomics.wait(control, ControlWord.Read, read, WAIT_MS)
      continue
    }
    const at = written & mask
    const count = Math.min(free, chunk.length - from, ring.length - at)
    ring.set(chunk.subarray(from, from + count), at)
    from += count
    written = (written + count) | 0
    Atomics.store(control, ControlWord.Written, written)
    Atomics.notify(control, ControlWord.Written)
    writtenBytes += count
  }
  return true
}

/** Reads the piece of the stored file at `position`. @returns an empty piece at its end */
function readChunk(descriptor: number, chunk: Uint8Array, position: number, path: string): Uint8Array {
  let count: number
  try {
    count = readSync(descriptor, chunk, 0, chunk.length, position)
  } catch (cause) {
    throw toCaptureError(cause, path)
  }
  channel.facts[FactSlot.ReadBytes] = position + count
  return chunk.subarray(0, count)
}

function copyPlain(descriptor: number, path: string): void {
  const chunk = new Uint8Array(CHUNK_BYTES)
  for (let position = 0; ; ) {
    const piece = readChunk(descriptor, chunk, position, path)
    if (piece.length === 0 || !write(piece)) return
    position += piece.length
  }
}

/** zstd is decompressed block by block: what is good before damage is written as it comes. */
function copyZstd(path: string): void {
  const source = new ZstdSource(path)
  const chunk = new Uint8Array(CHUNK_BYTES)
  try {
    for (let count = source.read(chunk, 0, chunk.length); count > 0; count = source.read(chunk, 0, chunk.length)) {
      channel.facts[FactSlot.ReadBytes] = source.stored[Stored.ReadBytes]!
      if (!write(chunk.subarray(0, count))) return
    }
    channel.facts[FactSlot.ReadBytes] = source.stored[Stored.ReadBytes]!
  } finally {
    source.close()
  }
  if (source.error !== undefined) throw source.error
}

async function copyGzip(descriptor: number, path: string): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES)
  let isWanted = true
  const gunzipper = new Gunzipper((output) => {
    if (isWanted) isWanted = write(output)
  })
  let position = 0
  let isGood = true
  while (isWanted && isGood) {
    const piece = readChunk(descriptor, chunk, position, path)
    if (piece.length === 0) {
      isGood = await gunzipper.finish()
      break
    }
    isGood = await gunzipper.feed(piece)
    if (isGood) position += piece.length
    else await salvage(descriptor, position, path)
  }
  gunzipper.close()
  if (gunzipper.failure !== undefined) throw toGzipError(gunzipper.failure, path, writtenBytes)
}

/**
 * Writes what a damaged piece holds before its damage, which zlib keeps to itself: decompresses the file again, from the
 * damaged piece on in smaller pieces, and leaves out what was written already. Twice, down to single bytes.
 */
async function salvage(descriptor: number, damagedAt: number, path: string): Promise<void> {
  let position = damagedAt
  for (const stepBytes of SALVAGE_STEPS) position = await salvageFrom(descriptor, position, stepBytes, path)
}

/** @returns the position of the damaged step */
async function salvageFrom(descriptor: number, damagedAt: number, stepBytes: number, path: string): Promise<number> {
  let knownBytes = writtenBytes
  const gunzipper = new Gunzipper((output) => {
    const fresh = output.subarray(Math.min(knownBytes, output.length))
    knownBytes -= output.length - fresh.length
    if (fresh.length > 0) write(fresh)
  })
  let position = 0
  while (!isAbandoned()) {
    const bytes = position < damagedAt ? Math.min(CHUNK_BYTES, damagedAt - position) : stepBytes
    const piece = readChunk(descriptor, new Uint8Array(bytes), position, path)
    if (piece.length === 0 || !(await gunzipper.feed(piece))) break
    position += piece.length
  }
  gunzipper.close()
  return position
}

async function copyFile(path: string, packing: Packing): Promise<void> {
  if (packing === Packing.Zstd) return copyZstd(path)
  const descriptor = openCapture(path)
  try {
    if (packing === Packing.Gzip) await copyGzip(descriptor, path)
    else copyPlain(descriptor, path)
  } finally {
    closeSync(descriptor)
  }
}

/** Waits for a request after the one at hand. @returns its number from 1, 0 to stop */
function awaitRequest(): number {
  for (;;) {
    if (Atomics.load(control, ControlWord.Stop) !== 0) return 0
    const requested = Atomics.load(control, ControlWord.Requested)
    if (requested > request) return requested
    Atomics.wait(control, ControlWord.Requested, requested, WAIT_MS)
  }
}

async function main(): Promise<void> {
  for (request = awaitRequest(); request !== 0; request = awaitRequest()) {
    const file = setup.files[Atomics.load(control, ControlWord.File)]!
    writtenBytes = 0
    channel.facts[FactSlot.ReadBytes] = 0
    Atomics.store(control, ControlWord.State, ReaderState.Running)
    Atomics.store(control, ControlWord.StartAt, Atomics.load(control, ControlWord.Written))
    Atomics.store(control, ControlWord.Started, request)
    Atomics.notify(control, ControlWord.Started)
    let state = ReaderState.End
    try {
      await copyFile(file.path, file.packing)
    } catch (error) {
      const { code, what, where, message } = error as CaptureError
      channel.setError({ code: code ?? 'reader-thread-failed', what: what ?? message, where: where ?? file.path })
      state = ReaderState.Failed
    }
    Atomics.store(control, ControlWord.State, state)
    Atomics.notify(control, ControlWord.Written)
  }
}

await main()

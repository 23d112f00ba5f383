import { closeSync, readSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { createGunzip } from 'node:zlib'
import { type CaptureError, toCaptureError } from './capture-error.ts'
import { openCapture } from './file-source.ts'
import { toGzipError } from './gzip-source.ts'
import { ControlWord, FactSlot, ReaderChannel, ReaderState } from './reader-channel.ts'

/*
 * The reader thread: reads capture files one after the other, decompresses them, and writes the bytes into the shared
 * ring. It blocks in Atomics.wait while the ring is full; nothing of it depends on the event loop of the thread that
 * started it.
 */

/** What the starting thread hands over. */
export interface ReaderSetup {
  readonly buffer: SharedArrayBuffer
  readonly files: readonly { readonly path: string; readonly isPacked: boolean }[]
}

const CHUNK_BYTES = 1 << 17
/** A wait is cut into pieces, so that a stop is seen even where its notification is missed. */
const WAIT_MS = 200

const setup = workerData as ReaderSetup
const channel = new ReaderChannel(setup.buffer)
const { control, ring, mask } = channel
let fileNumber = 0
let writtenBytes = 0

/** The user has gone, or has asked for another file. */
function isAbandoned(): boolean {
  return Atomics.load(control, ControlWord.Stop) !== 0 || Atomics.load(control, ControlWord.Requested) !== fileNumber
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

/** Reads the next piece of the stored file. @returns an empty piece at its end */
function readChunk(descriptor: number, chunk: Uint8Array, path: string): Uint8Array {
  let count: number
  try {
    count = readSync(descriptor, chunk, 0, chunk.length, null)
  } catch (cause) {
    throw toCaptureError(cause, path)
  }
  channel.facts[FactSlot.ReadBytes]! += count
  return chunk.subarray(0, count)
}

function copyPlain(descriptor: number, path: string): void {
  const chunk = new Uint8Array(CHUNK_BYTES)
  for (;;) {
    const piece = readChunk(descriptor, chunk, path)
    if (piece.length === 0 || !write(piece)) return
  }
}

/**
 * Decompresses a gzip file of any number of members. Each compressed piece is followed until all of its output is in the
 * ring, before the next one is read: so nothing is lost when a later piece turns out to be damaged.
 */
async function copyPacked(descriptor: number, path: string): Promise<void> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  let isWanted = true
  let failure: unknown
  gunzip.on('data', (output: Uint8Array) => {
    if (isWanted) isWanted = write(output)
  })
  const ended = new Promise<void>((resolve) => {
    gunzip.once('end', resolve)
    gunzip.once('error', (error) => {
      failure = error
      resolve()
    })
  })
  const drain = async () => {
    while (gunzip.readableLength > 0 && failure === undefined) await new Promise((resolve) => setImmediate(resolve))
  }
  const chunk = new Uint8Array(CHUNK_BYTES)
  while (isWanted && failure === undefined) {
    const piece = readChunk(descriptor, chunk, path)
    if (piece.length === 0) break
    await Promise.race([new Promise<void>((resolve) => gunzip.write(piece, () => resolve())), ended])
    await drain()
  }
  if (isWanted && failure === undefined) {
    gunzip.end()
    await ended
  }
  gunzip.destroy()
  if (failure !== undefined) throw toGzipError(failure, path, writtenBytes)
}

async function copyFile(path: string, isPacked: boolean): Promise<void> {
  const descriptor = openCapture(path)
  try {
    if (isPacked) await copyPacked(descriptor, path)
    else copyPlain(descriptor, path)
  } finally {
    closeSync(descriptor)
  }
}

/** Waits until a file after the one at hand is wanted. @returns its number from 1, 0 to stop */
function awaitRequest(): number {
  for (;;) {
    if (Atomics.load(control, ControlWord.Stop) !== 0) return 0
    const requested = Atomics.load(control, ControlWord.Requested)
    if (requested > fileNumber) return requested
    Atomics.wait(control, ControlWord.Requested, requested, WAIT_MS)
  }
}

async function main(): Promise<void> {
  for (fileNumber = awaitRequest(); fileNumber !== 0; fileNumber = awaitRequest()) {
    const file = setup.files[fileNumber - 1]!
    writtenBytes = 0
    channel.facts[FactSlot.ReadBytes] = 0
    Atomics.store(control, ControlWord.State, ReaderState.Running)
    Atomics.store(control, ControlWord.StartAt, Atomics.load(control, ControlWord.Written))
    Atomics.store(control, ControlWord.Started, fileNumber)
    let state = ReaderState.End
    try {
      await copyFile(file.path, file.isPacked)
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

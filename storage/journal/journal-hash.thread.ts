/** Entry of a hashing thread: hashes segments that a scan has passed over, for their seals or for the digests of the streams. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { FileStorage } from './file-storage.ts'
import { HashWord, HashWords } from './hash-words.ts'
import { hashSeals, type PassedSegment, StreamDigests } from './passed-segment.ts'

/** What the scan's side passes on. */
export interface HashThreadSetup {
  /** The journal's folder. */
  readonly path: string
  /** Of `HashWords`. */
  readonly words: SharedArrayBuffer
  readonly does: 'seals' | 'streams'
  /** Brings a PassedSegment for each segment; takes a HashAnswer. */
  readonly port: MessagePort
}

/** `segment` is an index, -1 for the streams: digests of inbound and outbound. */
export interface HashAnswer {
  readonly segment: number
  /** Undefined when the file could not be read: whoever asked will see why. */
  readonly hashes: readonly string[] | undefined
}

const setup = workerData as HashThreadSetup
const words = new HashWords(setup.words)
const storage = new FileStorage(setup.path)
const segments: PassedSegment[] = []

/** Tries something that may fail on a file, and answers. */
function answer(segment: number, compute: () => readonly string[]): void {
  let hashes: readonly string[] | undefined
  try {
    hashes = compute()
  } catch {
    // The scan tries the same again in its own thread, and reports what it meets.
  }
  setup.port.postMessage({ segment, hashes } satisfies HashAnswer)
  words.count(HashWord.Answered)
}

/** Receives what there is, or waits for more. @returns false when no more comes */
function receive(): boolean {
  const given = words.read(HashWord.Given)
  const before = segments.length
  for (let got = receiveMessageOnPort(setup.port); got !== undefined; got = receiveMessageOnPort(setup.port)) {
    segments.push(got.message as PassedSegment)
  }
  if (words.read(HashWord.Stop) === 1) return false
  if (segments.length > before) return true
  if (words.read(HashWord.Ended) === 1 && given === words.read(HashWord.Given)) return false
  words.wait(HashWord.Given, given)
  return true
}

function doSeals(): void {
  do {
    for (let i = words.takeSeals(segments.length); i >= 0; i = words.takeSeals(segments.length)) {
      const segment = segments[i]!
      answer(i, () => hashSeals(storage, segment))
      if (words.read(HashWord.Stop) === 1) return
    }
  } while (receive())
}

function doStreams(): void {
  if (!words.takeStreams()) return
  answer(-1, () => {
    const digests = new StreamDigests(storage)
    let done = 0
    do {
      while (done < segments.length && words.read(HashWord.Stop) === 0) {
        digests.add(segments[done++]!)
        words.count(HashWord.Answered)
      }
    } while (receive())
    return digests.hex()
  })
}

if (setup.does === 'seals') doSeals()
else doStreams()

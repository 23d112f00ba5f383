/**
 * The words that a scan shares with its hashing threads, a SharedArrayBuffer. What is to be hashed travels in messages; these words
 * say that there is something to look at, and who does what.
 *
 * Nobody waits on a word that says what he wants to know, but on a count of changes that he read before he looked: a change
 * between looking and waiting ends the waiting at once.
 */
export enum HashWord {
  /** Counts reasons for the threads to look: a segment passed on, the end, a stop. They wait on this word. */
  Given = 0,
  /** Counts answers, and signs of life. The scan waits on this word. */
  Answered = 1,
  /** Segments whose seals somebody has taken to hash, in turn from the first. */
  SealsTaken = 2,
  /** 1 once somebody has taken the digests of the streams. */
  StreamsTaken = 3,
  /** 1 when nothing more is passed on. */
  Ended = 4,
  /** 1 when the threads shall end without answers. */
  Stop = 5,
  Words = 8,
}

/** The words of one scan. */
export class HashWords {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(buffer = new SharedArrayBuffer(HashWord.Words * 4)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  read(word: HashWord): number {
    return Atomics.load(this.#words, word)
  }

  set(word: HashWord): void {
    Atomics.store(this.#words, word, 1)
  }

  /** Counts a change and wakes whoever waits for one. */
  count(word: HashWord.Given | HashWord.Answered): void {
    Atomics.add(this.#words, word, 1)
    Atomics.notify(this.#words, word)
  }

  /** Waits until a count is not what it was when it was `seen`. @returns false when the time is over before */
  wait(word: HashWord.Given | HashWord.Answered, seen: number, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    return Atomics.wait(this.#words, word, seen, timeoutMs) !== 'timed-out'
  }

  /** Takes the next of `segments` segments for its seals. @returns its index, or -1 when all are taken */
  takeSeals(segments: number): number {
    for (;;) {
      const next = this.read(HashWord.SealsTaken)
      if (next >= segments) return -1
      if (Atomics.compareExchange(this.#words, HashWord.SealsTaken, next, next + 1) === next) return next
    }
  }

  /** Takes the digests of the streams. @returns false when somebody has */
  takeStreams(): boolean {
    return Atomics.compareExchange(this.#words, HashWord.StreamsTaken, 0, 1) === 0
  }
}

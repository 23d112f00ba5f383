/**
 * One of two actors of the memory litmus: `memory-litmus.process FACTS`. Each writes its own region and reads the other's,
 * which is mapped read-only; the shapes are those that ring and waiter rely on. Prints its findings as JSON.
 * @module
 */
import { writeSync } from 'node:fs'
import { createOwnedRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'
import {
  MEMORY_PLAN,
  type MemoryFacts,
  type MemoryPart,
  MemoryWord,
  PAYLOAD_DOUBLES,
  SLOTS,
} from './support/memory-stage.ts'
import { isOptimised, optimise } from './support/optimised.ts'
import { pause } from './support/pause.ts'

const part: MemoryPart = JSON.parse(process.argv[2] ?? '')
const own = createOwnedRegion(part.own, MEMORY_PLAN, { kernel: part.isFirst ? 'first' : 'second', instance: 'litmus' })
const other = openReadOnlyRegion(part.other)
const ownWords = own.viewWords('words')
const otherWords = other.viewWords('words')

/** Both begin a round together: no sooner than the other has finished the one before. */
function meet(round: number): void {
  Atomics.store(ownWords, MemoryWord.Round, round)
  for (let looks = 0; Atomics.load(otherWords, MemoryWord.Round) < round; looks++) if (looks > 2000) pause()
}

/** Publishes like a producer: claim, then payload by plain stores of doubles and words, then tail. */
function writeMessages(claim: Int32Array, payload: Float64Array, words: Int32Array, from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    Atomics.store(claim, MemoryWord.Claim, n)
    for (let i = 0; i < PAYLOAD_DOUBLES; i += 2) {
      payload[i] = n
      words[(i << 1) + 2] = n
      words[(i << 1) + 3] = n
    }
    Atomics.store(claim, MemoryWord.Tail, n)
  }
}

/** Reads like a consumer and an observer at once. @returns reads that were older than the tail or newer than the claim */
function readMessages(words: Int32Array, payload: Float64Array, payloadWords: Int32Array, looks: number): number {
  let wrong = 0
  for (let look = 0; look < looks; look++) {
    const tail = Atomics.load(words, MemoryWord.Tail)
    let least = payload[0]!
    let most = least
    for (let i = 0; i < PAYLOAD_DOUBLES; i += 2) {
      const first = payload[i]!
      const second = payloadWords[(i << 1) + 2]!
      const third = payloadWords[(i << 1) + 3]!
      least = Math.min(least, first, second, third)
      most = Math.max(most, first, second, third)
    }
    const claim = Atomics.load(words, MemoryWord.Claim)
    if (least < tail || most > claim) wrong++
  }
  return wrong
}

/** Store buffering: stores its own word of each slot, then reads the other's. */
function storeThenLoad(mine: Int32Array, theirs: Int32Array, seen: Int32Array, round: number): void {
  for (let slot = 0; slot < SLOTS; slot++) {
    Atomics.store(mine, slot << 4, round)
    seen[slot] = Atomics.load(theirs, slot << 4)
  }
}

/** The same by plain accesses: what the atomics are for. */
function storeThenLoadPlainly(mine: Int32Array, theirs: Int32Array, seen: Int32Array, round: number): void {
  for (let slot = 0; slot < SLOTS; slot++) {
    mine[slot << 4] = round
    seen[slot] = theirs[slot << 4]!
  }
}

function runMessages(facts: MemoryFacts): void {
  const payload = own.viewDoubles('payload')
  const otherPayload = other.viewDoubles('payload')
  const payloadWords = own.viewWords('payload')
  const otherPayloadWords = other.viewWords('payload')
  const chunk = 2000
  if (part.isFirst) optimise(writeMessages, () => writeMessages(ownWords, payload, payloadWords, 0, 0))
  else optimise(readMessages, () => readMessages(otherWords, otherPayload, otherPayloadWords, 1))
  for (let round = 1; round <= part.messageRounds; round++) {
    meet(round)
    if (part.isFirst) writeMessages(ownWords, payload, payloadWords, (round - 1) * chunk + 1, round * chunk)
    else facts.wrongReads += readMessages(otherWords, otherPayload, otherPayloadWords, chunk)
    facts.isOptimised ||= isOptimised(part.isFirst ? writeMessages : readMessages)
  }
}

type Shape = (mine: Int32Array, theirs: Int32Array, seen: Int32Array, round: number) => void

/** Each round both run the shape at once; the first one then compares what both saw. */
function runStores(shape: Shape, base: number): number {
  const seen = own.viewWords('seen')
  const otherSeen = other.viewWords('seen')
  const mine = own.viewWords('slots')
  const theirs = other.viewWords('slots')
  let neither = 0
  optimise(shape, () => shape(mine, theirs, seen, base))
  for (let round = 1; round <= part.storeRounds; round++) {
    meet(base + 3 * round)
    shape(mine, theirs, seen, base + round)
    meet(base + 3 * round + 1)
    for (let slot = 0; slot < SLOTS; slot++) {
      if (seen[slot]! < base + round && otherSeen[slot]! < base + round) neither++
    }
    meet(base + 3 * round + 2)
  }
  return neither
}

const facts: MemoryFacts = { wrongReads: 0, neither: 0, neitherPlainly: 0, isOptimised: false }
runMessages(facts)
const base = part.messageRounds + 10
facts.neither = runStores(storeThenLoad, base)
facts.isOptimised &&= isOptimised(storeThenLoad)
facts.neitherPlainly = runStores(storeThenLoadPlainly, base + 3 * part.storeRounds + 10)
writeSync(1, JSON.stringify(facts))

import { describe, expect, test } from 'vitest'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalProgress } from '../../storage/journal/progress.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { MemoryStorage, PowerCut } from './support/memory-storage.ts'
import { Random, testSeed } from './support/random.ts'
import { appendBatch, IDENTITY, type ReadRecord, range, readAll, SMALL_SEGMENT_BYTES } from './support/scripts.ts'

const { Inbound, Outbound } = JournalStream
type Stream = JournalStream.Inbound | JournalStream.Outbound

/** Follows a script of steps and remembers what it may and must find afterwards. */
class Life {
  storage = new MemoryStorage()
  /** Every batch handed to a writer, in order. */
  readonly batches: ReadRecord[][] = []
  /** Batches that a sync has returned for, over all lives. */
  durableBatches = 0
  writtenBatches = 0
  #writer: JournalWriter | undefined
  readonly #last = { [Inbound]: 0, [Outbound]: 0 }

  open(): void {
    this.#writer = undefined
    this.#writer = JournalWriter.open(this.storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES }).writer
    this.#note()
  }

  append(stream: Stream, count: number): void {
    const first = this.#last[stream] + 1
    this.#last[stream] += count
    this.batches.push(range(first, this.#last[stream]).map((sequence) => ({ stream, sequence })))
    appendBatch(this.#writer!, stream, first, this.#last[stream])
    this.#note()
  }

  sync(): void {
    this.#writer!.sync()
    this.#note()
  }

  close(): void {
    this.#writer!.close()
    this.#note()
  }

  /** Marks are batches too, but not ours: counts by records. */
  #note(): void {
    const progress = this.#writer!.progress
    const durable = [0, progress[JournalProgress.DurableInbound]!, progress[JournalProgress.DurableOutbound]!]
    const written = [0, progress[JournalProgress.WrittenInbound]!, progress[JournalProgress.WrittenOutbound]!]
    const isIn = (bounds: number[]) => (batch: ReadRecord[]) => batch.at(-1)!.sequence <= bounds[batch[0]!.stream]!
    this.durableBatches = this.batches.filter(isIn(durable)).length
    this.writtenBatches = this.batches.filter(isIn(written)).length
  }

  /** What the writer's own counters say at the moment of a crash: a roll may have synced inside an append. */
  noteCrash(): void {
    if (this.#writer !== undefined) this.#note()
  }
}

type Script = (life: Life) => void

const SCRIPTS: Record<string, Script> = {
  'batches of both streams, synced now and then, closed': (life) => {
    life.open()
    life.append(Inbound, 3)
    life.append(Outbound, 2)
    life.sync()
    life.append(Inbound, 9)
    life.append(Inbound, 1)
    life.append(Outbound, 4)
    life.sync()
    life.append(Outbound, 1)
    life.close()
  },
  'over the ends of segments, never synced by hand': (life) => {
    life.open()
    for (let i = 0; i < 7; i++) {
      life.append(Inbound, 20)
      if (i % 3 === 0) life.append(Outbound, 7)
    }
  },
  'three lives: killed, closed, killed': (life) => {
    life.open()
    life.append(Inbound, 12)
    life.append(Outbound, 3)
    life.open()
    life.append(Inbound, 5)
    life.close()
    life.open()
    life.append(Outbound, 2)
    life.append(Inbound, 2)
  },
}

/** Runs a script until the machine stops before call `cutAt`. @returns whether it stopped */
function runUntil(script: Script, cutAt: number): { life: Life; wasCut: boolean } {
  const life = new Life()
  life.storage.onCall = (_call, index, bytes) => {
    if (index === cutAt) throw new PowerCut()
    return bytes
  }
  try {
    script(life)
    return { life, wasCut: false }
  } catch (error) {
    const isCut = error instanceof PowerCut || (error instanceof Error && error.cause instanceof PowerCut)
    if (!isCut) throw error
    life.noteCrash()
    return { life, wasCut: true }
  }
}

/** Which pending sectors survive: all subsets of a few, else ends, single losses, single survivors and random ones. */
function* survivals(count: number, random: Random): Generator<(index: number) => boolean> {
  if (count <= 5) {
    for (let mask = 0; mask < 1 << count; mask++) yield (index) => ((mask >> index) & 1) === 1
    return
  }
  for (let kept = 0; kept <= count; kept += Math.ceil(count / 8)) yield (index) => index < kept
  for (let odd = 0; odd < count; odd += Math.ceil(count / 6)) {
    yield (index) => index !== odd
    yield (index) => index === odd
  }
  for (let i = 0; i < 6; i++) {
    const chosen = Array.from({ length: count }, () => random.below(2) === 1)
    yield (index) => chosen[index]!
  }
}

function spell(records: readonly ReadRecord[]): string {
  let text = ''
  for (const { stream, sequence } of records) text += `${stream}:${sequence} `
  return text
}

/** Recovered records must be whole batches in order, at least `least` of them. */
function expectPrefix(storage: MemoryStorage, life: Life, least: number, what: string): void {
  const found = spell(readAll(storage))
  let count = 0
  let whole = ''
  while (whole.length < found.length && count < life.batches.length) whole += spell(life.batches[count++]!)
  if (found !== whole) expect(found, what).toBe(whole)
  if (count < least) expect(count, what).toBeGreaterThanOrEqual(least)
}

function recoverAndGoOn(storage: MemoryStorage, life: Life, least: number, what: string): void {
  const before = verifyStorage(storage)
  expect(before.damage, what).toEqual([])
  const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES })
  expectPrefix(storage, life, least, what)
  const next = writer.lastSequence(Inbound) + 1
  appendBatch(writer, Inbound, next, next + 2)
  writer.close()
  const after = verifyStorage(storage)
  expect(judge(after), what).toBe('closed')
  expect(after.inbound.lastSequence, what).toBe(next + 2)
  expect(after.inbound.records, what).toBe(before.inbound.records + 3)
  expect(after.outbound.digest, what).toBe(before.outbound.digest)
}

describe.each(Object.entries(SCRIPTS))('crashes in "%s"', (_name, script) => {
  test('at every call, with every loss that a power cut allows', { timeout: 60_000 }, () => {
    const seed = testSeed()
    const random = new Random(seed)
    let points = 0
    for (let cutAt = 0; ; cutAt++) {
      const { life, wasCut } = runUntil(script, cutAt)
      const pending = life.storage.pendingSectors().length
      for (const newFiles of life.storage.newFileFates()) {
        for (const survives of survivals(pending, random)) {
          const what = `cut at call ${cutAt}, new files ${newFiles}, XK_SEED=${seed}`
          recoverAndGoOn(life.storage.afterPowerCut(survives, newFiles), life, life.durableBatches, what)
          points++
        }
      }
      if (!wasCut) break
    }
    expect(points).toBeGreaterThan(100)
  })

  test('at every call, by a kill: nothing that was written is lost', () => {
    for (let cutAt = 0; ; cutAt++) {
      const { life, wasCut } = runUntil(script, cutAt)
      recoverAndGoOn(life.storage.afterKill(), life, life.writtenBatches, `killed at call ${cutAt}`)
      if (!wasCut) break
    }
  })

  test('and again in the midst of the recovery', { timeout: 60_000 }, () => {
    const seed = testSeed()
    const random = new Random(seed)
    for (let cutAt = 0; ; cutAt += 2) {
      const { life, wasCut } = runUntil(script, cutAt)
      const pending = life.storage.pendingSectors().length
      for (const chance of [2, 4]) {
        const chosen = Array.from({ length: pending }, () => random.below(chance) > 0)
        for (let secondCut = 0; ; secondCut++) {
          const first = life.storage.afterPowerCut((index) => chosen[index]!, 'sized')
          first.onCall = (call, index, bytes) => {
            if (index === secondCut && call !== 'open') throw new PowerCut()
            return bytes
          }
          let isWhole = true
          try {
            JournalWriter.open(first, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES })
          } catch {
            isWhole = false
          }
          const second = first.afterPowerCut(() => random.below(2) === 1, random.below(2) === 1 ? 'sized' : 'gone')
          const what = `cut at ${cutAt}, then at ${secondCut} of the recovery, XK_SEED=${seed}`
          recoverAndGoOn(second, life, life.durableBatches, what)
          if (isWhole && secondCut > 12) break
        }
      }
      if (!wasCut) break
    }
  })
})

test('a segment header of which any number of bytes arrived is a creation cut short, and the journal goes on', () => {
  for (let arrived = 0; arrived < 180; arrived++) {
    const { life } = runUntil(SCRIPTS['over the ends of segments, never synced by hand']!, 1_000)
    const storage = life.storage.afterKill()
    const last = [...storage.files.keys()].sort().at(-1)!
    const image = storage.files.get(last)!.seen
    image.fill(0, arrived)
    const facts = verifyStorage(storage)
    expect(facts.damage, `${arrived} bytes`).toEqual([])
    const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES })
    const next = writer.lastSequence(Inbound) + 1
    appendBatch(writer, Inbound, next, next + 4)
    writer.close()
    expect(judge(verifyStorage(storage)), `${arrived} bytes`).toBe('closed')
  }
})

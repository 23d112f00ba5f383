/**
 * The decision table by which a journal is read after its writer's end, whatever that end was. Rows are tried in order.
 *
 * Segments (the folder's `*.xkj` files by number; N is the last):
 *
 *   S1  no segments                                          empty journal
 *   S2  a number is missing                                  damage: segment-missing
 *   S3  segment N short, blank, magic or header checksum     torn creation: power went before the header was durable;
 *       wrong, and nothing behind the header                 the segment is ignored, a writer removes it
 *   S4  header short, blank, magic or checksum wrong         damage: segment-header
 *   S5  other format version                                 damage: format-version (another build wrote it)
 *   S6  other catalogue version                              damage: catalogue-version
 *   S7  number in the header differs from the name, other    damage: segment-foreign
 *       journal id, impossible size
 *   S8  first batch and chain are not those that follow      damage: segment-order
 *       the segment before
 *   S9  does not carry the seal with which the segment       damage: seal (altered, with the checksums made to agree;
 *       before ends                                          no device does that)
 *
 * Batches, at the place behind the last valid one, where the fault is any of `BatchFault`:
 *
 *   B1  valid successor                                      taken
 *   B1a a seal, valid by its checksums, that the bytes       damage: seal, as S9; the sequences of the segment are
 *       before it do not agree with (verification only)      named, what lies behind is still read
 *   B2  any fault; the next segment goes on from exactly     end of segment (a batch did not fit); bytes that are not
 *       here (ordinal and chain)                             zero behind it are stray: no data ever was there
 *   B3  a whole header that is not the successor, has        damage: a crash leaves no such thing
 *       impossible lengths, or records that do not fit it
 *   B4  any fault; a later sound header says that more       damage: the batch here was durable, so no crash explains
 *       batches were durable than are valid here, or the     its loss. Sequences lost are named; the records behind
 *       next segment begins with a later batch               are not used
 *   B5  any fault; nothing of the kind, bytes not zero       torn tail: written, never durable. Cut off. Sound batches
 *                                                            behind a hole go too: the disk wrote them out of order
 *   B6  any fault; only zeros behind                         clean end
 *
 * Why B4 and B5 can be told apart: every batch carries the number of batches that were durable when it was written, and a
 * segment is begun only after all of the one before is durable. A journal closed in order ends with a mark that says
 * so for all its batches. What it assumes: the disk writes sectors of 512 bytes whole or not at all, and keeps what
 * fdatasync(2) promised.
 */
import { RecordDigest } from '../../kernels/records/canonical.ts'
import { BatchFault, describeBatchFault } from './batch-header.ts'
import { BatchWindow } from './batch-window.ts'
import type { JournalDamage, SegmentFacts, TornTail } from './facts.ts'
import { FLAG_CLOSED, JournalStream, SEGMENT_HEADER_BYTES, segmentName } from './layout.ts'
import { SegmentSearch } from './look-ahead.ts'
import { describeLost, LossTracker } from './loss.ts'
import { InlineHasher, type ScanHasher } from './scan-hasher.ts'
import { SealCheck } from './seal-check.ts'
import type { SealVerifier } from './seal-key.ts'
import type { JournalIdentity, SegmentHeaderFacts } from './segment-header.ts'
import { listSegments, type SegmentListing } from './segment-list.ts'
import type { SegmentFile, SegmentStorage } from './segment-storage.ts'
import { JournalTail, NO_SEAL } from './tail.ts'

/** Row B3: a whole header in the place of the next batch was put there by a writer, not left there by a crash. */
const NEVER_BY_CRASH = new Set([BatchFault.Foreign, BatchFault.Order, BatchFault.Bounds, BatchFault.Records])

/** Further damage is only counted as "more". */
const DAMAGE_MAX = 64

export interface ScanOptions {
  /** Whether to compute digests; they cost about as much as the reading. */
  readonly digests: boolean
  /** Whether to recompute seals; they cost as much again. */
  readonly seals?: boolean
  /** Demands signatures of this key on all seals; needs `seals`. */
  readonly sealKey?: SealVerifier
  /** Given every sound batch of records, also those behind damage; it lies in the window until the call returns. */
  readonly onBatch?: (window: BatchWindow, file: string) => void
  /** Computes digests and seals in the place of the scan's own thread. */
  readonly hasher?: ScanHasher
  /** Told now and then how much is read, from 0 to 1; may throw, which ends the scan. */
  readonly onProgress?: (fraction: number) => void
}

/** Batches, a power of two, between two reports of progress. */
const BATCHES_PER_REPORT = 1024

/** Everything found; `tail` is where the sound part ends and where a writer would go on. */
export class JournalScan {
  readonly identity: JournalIdentity | undefined
  /** Of the first segment with a header; 0 without one. */
  readonly formatVersion: number
  readonly tail = new JournalTail()
  readonly segments: SegmentFacts[] = []
  readonly inboundDigest = new RecordDigest()
  readonly outboundDigest = new RecordDigest()
  /** By JournalStream. */
  readonly batchesByStream = new Float64Array(3)
  readonly firstSequence = new Float64Array(3)
  readonly damage: JournalDamage[] = []
  isDamageCut = false
  isClosed = false
  tornTail: TornTail | null = null
  /** A segment whose creation was cut short (S3). */
  readonly unbornSegment: string | undefined
  readonly segmentBytes: number
  readonly writerEpoch: number
  /** The table behind the first damage goes on with this one; the first is then frozen. */
  readonly #cursor = new JournalTail()
  readonly #listing: SegmentListing
  readonly #storage: SegmentStorage
  readonly #options: ScanOptions
  readonly #window: BatchWindow
  readonly #search = new SegmentSearch()
  readonly #losses = new LossTracker()
  readonly #hasher: ScanHasher
  readonly #seals: SealCheck
  #isFrozen = false
  #isTrusting = false

  /** @throws JournalIoError when the folder or a file cannot be read */
  constructor(storage: SegmentStorage, options: ScanOptions) {
    this.#storage = storage
    this.#options = options
    this.#hasher = options.hasher ?? new InlineHasher(this.inboundDigest, this.outboundDigest)
    this.#seals = new SealCheck(this.#hasher, options.sealKey)
    this.#listing = listSegments(storage)
    this.identity = this.#listing.identity
    this.formatVersion = this.#listing.formatVersion
    this.unbornSegment = this.#listing.unborn
    this.segmentBytes = this.#listing.segmentBytes
    this.writerEpoch = this.#listing.segments.at(-1)?.header?.writerEpoch ?? 0
    this.#window = new BatchWindow(this.segmentBytes)
    if (this.#listing.unborn !== undefined) this.#noteUnborn(this.#listing.unborn)
    for (let i = 0; i < this.#listing.segments.length; i++) this.#scanSegment(i)
    this.#losses.close()
    this.#seals.settle(this.damage)
    if (this.damage.length > DAMAGE_MAX) {
      this.damage.length = DAMAGE_MAX
      this.isDamageCut = true
    }
  }

  #noteUnborn(file: string): void {
    this.tornTail = {
      file,
      offsetBytes: 0,
      bytes: SEGMENT_HEADER_BYTES,
      what: 'a segment whose creation was cut short',
    }
  }

  #scanSegment(index: number): void {
    const entry = this.#listing.segments[index]!
    for (const fault of entry.faults) this.#addDamage(fault.code, fault.what, entry.name, fault.offsetBytes, null)
    if (entry.faults.length > 0) this.#isTrusting = true
    if (entry.header === undefined) return
    const header = entry.header
    const cursor = this.#cursor
    const follows = header.batchesBefore === cursor.batches && header.chainBefore === cursor.chain
    if (!follows && !this.#isTrusting) {
      this.#addDamage('segment-order', 'the segment does not follow the one before it', entry.name, 0, null)
      this.#isTrusting = true
    } else if (!this.#isTrusting && header.sealBefore !== cursor.seal) {
      const what = 'the segment does not carry the seal with which the one before it ends'
      this.#addDamage('seal', what, entry.name, 0, null)
    }
    cursor.segmentNumber = entry.segmentNumber
    cursor.offsetBytes = SEGMENT_HEADER_BYTES
    cursor.batches = header.batchesBefore
    cursor.chain = header.chainBefore
    const file = this.#storage.open(entry.name, 'read')
    try {
      this.#window.open(file, header.segmentBytes)
      this.#isTrusting = false
      if (this.#options.seals === true) this.#seals.begin(file, header.segmentBytes)
      if (!this.#isFrozen) this.tail.copyFrom(cursor)
      this.#scanBatches(index, file, header)
    } finally {
      file.close()
    }
  }

  #scanBatches(index: number, file: SegmentFile, header: SegmentHeaderFacts): void {
    const identity = this.identity!
    const cursor = this.#cursor
    const firstBatch = cursor.batches
    let isTrusted = false
    for (;;) {
      let fault = this.#window.readHeader(cursor, identity, isTrusted)
      if (fault === BatchFault.None) {
        if (isTrusted) cursor.batches = this.#window.ordinal()
        fault = this.#window.readPayload(cursor)
      }
      if (fault === BatchFault.None) {
        this.#hash(file.name, header)
        if (this.#window.recordCount() > 0) this.#options.onBatch?.(this.#window, file.name)
        this.#take()
        if ((cursor.batches & (BATCHES_PER_REPORT - 1)) === 0) this.#report(index, file)
        isTrusted = false
        continue
      }
      const resumesAtBytes = this.#decide(index, file, fault)
      if (resumesAtBytes < 0) break
      cursor.offsetBytes = resumesAtBytes
      isTrusted = true
    }
    const isContinued = index + 1 < this.#listing.segments.length
    this.segments.push({
      file: file.name,
      batches: cursor.batches - firstBatch,
      usedBytes: cursor.offsetBytes,
      strayBytes: isContinued ? this.#search.countUsed(file, cursor.offsetBytes) : 0,
      seal: cursor.seal === NO_SEAL ? null : cursor.seal,
      signedBy: cursor.seal === NO_SEAL ? null : (this.#seals.seal?.keyFingerprint ?? null),
    })
  }

  /** Gives the batch at the window to the hashes; a seal is compared with them later (row B1a). */
  #hash(file: string, header: SegmentHeaderFacts): void {
    const window = this.#window
    const { offsetBytes, lastSequence } = this.#cursor
    if (this.#options.seals === true && window.isSeal()) {
      const lost = describeLost(header.lastSequenceBefore, lastSequence)
      this.#seals.note(window, { file, offsetBytes, lost, damageBefore: this.damage.length })
    }
    const isDigested = this.#options.digests && !this.#isFrozen && window.stream() !== JournalStream.Mark
    this.#hasher.pass(window, this.#seals.isHashing, isDigested)
  }

  #report(index: number, file: SegmentFile): void {
    const within = this.#cursor.offsetBytes / Math.max(1, file.sizeBytes())
    this.#options.onProgress?.((index + Math.min(1, within)) / this.#listing.segments.length)
  }

  #take(): void {
    const window = this.#window
    const stream = window.stream()
    const first = window.firstSequence()
    if (!this.#isFrozen) {
      this.batchesByStream[stream]!++
      if (this.firstSequence[stream] === 0) this.firstSequence[stream] = first
      this.isClosed = stream === JournalStream.Mark && (window.flags() & FLAG_CLOSED) !== 0
    } else if (stream !== JournalStream.Mark) this.#losses.see(stream, first)
    window.advance(this.#cursor)
    if (!this.#isFrozen) this.tail.copyFrom(this.#cursor)
  }

  /** Rows B2 to B6. @returns the offset at which to go on in this segment, or -1 */
  #decide(index: number, file: SegmentFile, fault: BatchFault): number {
    const cursor = this.#cursor
    const next = this.#listing.segments[index + 1]
    const isNextMissing = next !== undefined && next.segmentNumber !== cursor.segmentNumber + 1
    if (isNextMissing && this.#search.countUsed(file, cursor.offsetBytes) === 0) return -1
    const header = next?.header
    if (header?.batchesBefore === cursor.batches && header.chainBefore === cursor.chain) return -1
    const from = cursor.offsetBytes + 8
    const isProof = header !== undefined && header.batchesBefore > cursor.batches
    if (isProof || NEVER_BY_CRASH.has(fault) || this.#isAttested(file, from)) return this.#resync(file, fault, from)
    if (next !== undefined) return -1
    const bytes = this.#search.countUsed(file, cursor.offsetBytes)
    if (bytes > 0 && !this.#isFrozen) {
      const what = describeBatchFault(fault)
      this.tornTail = { file: file.name, offsetBytes: cursor.offsetBytes, bytes, what }
    }
    return -1
  }

  #isAttested(file: SegmentFile, fromBytes: number): boolean {
    const { segmentNumber, batches } = this.#cursor
    const found = this.#search.findHeader(
      file,
      segmentNumber,
      this.identity!,
      fromBytes,
      (candidate) => candidate.durableBatches > batches,
    )
    return found !== undefined
  }

  #resync(file: SegmentFile, fault: BatchFault, fromBytes: number): number {
    const cursor = this.#cursor
    const found = this.#search.findHeader(
      file,
      cursor.segmentNumber,
      this.identity!,
      fromBytes,
      (candidate) => candidate.ordinal > cursor.batches,
    )
    const resumesAtBytes = found?.offsetBytes ?? null
    this.#addDamage('batch', describeBatchFault(fault), file.name, cursor.offsetBytes, resumesAtBytes)
    if (resumesAtBytes === null || this.isDamageCut) {
      this.#isTrusting = true
      return -1
    }
    return resumesAtBytes
  }

  #addDamage(code: string, what: string, file: string, offsetBytes: number, resumesAtBytes: number | null): void {
    this.#isFrozen = true
    this.#seals.abandon()
    if (this.damage.length === DAMAGE_MAX) {
      this.isDamageCut = true
      return
    }
    const lost = this.#losses.open(this.#cursor.lastSequence)
    this.damage.push({ code, what, file, offsetBytes, resumesAtBytes, lost })
  }
}

/** The name of the segment that a tail lies in. */
export function tailFile(tail: JournalTail): string {
  return segmentName(Math.max(tail.segmentNumber, 1))
}

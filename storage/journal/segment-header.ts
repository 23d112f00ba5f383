import { crc32c } from '../../kernels/host/crc32c.ts'
import { CATALOGUE_VERSION } from '../../kernels/records/catalogue.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { isBlank } from './blank.ts'
import {
  BATCH_ALIGNMENT_BYTES,
  JOURNAL_FORMAT_OLDEST,
  JOURNAL_FORMAT_VERSION,
  JournalStream,
  LABEL_BYTES,
  SEAL_DIGEST_BYTES,
  SEGMENT_BYTES_MAX,
  SEGMENT_BYTES_MIN,
  SEGMENT_HEADER_BYTES,
  SEGMENT_MAGIC_HIGH,
  SEGMENT_MAGIC_LOW,
  SegmentHeader,
} from './layout.ts'
import type { JournalTail } from './tail.ts'

/** What a journal is of; the same in all its segments. */
export interface JournalIdentity {
  /** 64 bits that no other journal of this host has, as two words. */
  readonly idLow: number
  readonly idHigh: number
  /** Hash of the configuration that decisions depend on. */
  readonly configLow: number
  readonly configHigh: number
  /** At most 24 ASCII characters, for people. */
  readonly label: string
  /** Hexadecimal SHA-256 of what the session was begun with; undefined where that is not part of the journal. */
  readonly sessionDigest?: string | undefined
}

export interface SegmentHeaderFacts {
  readonly identity: JournalIdentity
  readonly formatVersion: number
  readonly catalogueVersion: number
  readonly segmentNumber: number
  readonly segmentBytes: number
  readonly batchesBefore: number
  readonly chainBefore: number
  readonly writerEpoch: number
  readonly lastSequenceBefore: readonly [0, number, number]
  readonly recordsBefore: readonly [0, number, number]
  /** Hexadecimal SHA-256 of the seal before; zeros in the first segment. */
  readonly sealBefore: string
}

/** Why a segment header is not usable, in the order in which the checks are made. */
export enum SegmentFault {
  None = 0,
  /** Shorter than a header: the file was being created. */
  Short = 1,
  /** All zeros: preallocated, the header never reached the disk. */
  Blank = 2,
  Magic = 3,
  Version = 4,
  Checksum = 5,
  Catalogue = 6,
  Geometry = 7,
  /** Carries another number than its file's name. */
  Misplaced = 8,
}

function headerCrc(u8: Uint8Array): number {
  const head = crc32c(u8, 0, SegmentHeader.HeaderCrc, 0)
  const rest = SegmentHeader.HeaderCrc + 4
  return crc32c(u8, rest, SEGMENT_HEADER_BYTES - rest, head)
}

/** Encodes a header block for a segment that goes on at `tail`. */
export function encodeSegmentHeader(
  identity: JournalIdentity,
  segmentBytes: number,
  writerEpoch: number,
  tail: JournalTail,
): Uint8Array {
  const views = new RecordViews(new ArrayBuffer(SEGMENT_HEADER_BYTES))
  const { u32, f64, u8 } = views
  u32[SegmentHeader.MagicLow >> 2] = SEGMENT_MAGIC_LOW
  u32[SegmentHeader.MagicHigh >> 2] = SEGMENT_MAGIC_HIGH
  u32[SegmentHeader.FormatVersion >> 2] = JOURNAL_FORMAT_VERSION
  u32[SegmentHeader.CatalogueVersion >> 2] = CATALOGUE_VERSION
  u32[SegmentHeader.HeaderBytes >> 2] = SEGMENT_HEADER_BYTES
  u32[SegmentHeader.SegmentNumber >> 2] = tail.segmentNumber
  u32[SegmentHeader.AlignmentBytes >> 2] = BATCH_ALIGNMENT_BYTES
  f64[SegmentHeader.SegmentBytes >> 3] = segmentBytes
  u32[SegmentHeader.JournalIdLow >> 2] = identity.idLow
  u32[SegmentHeader.JournalIdHigh >> 2] = identity.idHigh
  u32[SegmentHeader.ConfigLow >> 2] = identity.configLow
  u32[SegmentHeader.ConfigHigh >> 2] = identity.configHigh
  f64[SegmentHeader.BatchesBefore >> 3] = tail.batches
  f64[SegmentHeader.LastInboundBefore >> 3] = tail.lastSequence[JournalStream.Inbound]!
  f64[SegmentHeader.LastOutboundBefore >> 3] = tail.lastSequence[JournalStream.Outbound]!
  f64[SegmentHeader.InboundRecordsBefore >> 3] = tail.records[JournalStream.Inbound]!
  f64[SegmentHeader.OutboundRecordsBefore >> 3] = tail.records[JournalStream.Outbound]!
  u32[SegmentHeader.ChainBefore >> 2] = tail.chain
  u32[SegmentHeader.WriterEpoch >> 2] = writerEpoch
  u8.set(Buffer.from(tail.seal, 'hex'), SegmentHeader.SealBefore)
  u8.set(Buffer.from(identity.sessionDigest ?? '', 'hex').subarray(0, SEAL_DIGEST_BYTES), SegmentHeader.SessionDigest)
  for (let i = 0; i < Math.min(identity.label.length, LABEL_BYTES); i++) {
    u8[SegmentHeader.Label + i] = identity.label.charCodeAt(i) & 0x7f
  }
  u32[SegmentHeader.HeaderCrc >> 2] = headerCrc(u8)
  return u8
}

/** Checks a header block of which `readBytes` bytes could be read. */
export function checkSegmentHeader(block: RecordViews, readBytes: number): SegmentFault {
  if (readBytes < SEGMENT_HEADER_BYTES) return SegmentFault.Short
  const { u32, u8 } = block
  if (isBlank(block, 0, SEGMENT_HEADER_BYTES)) return SegmentFault.Blank
  const magicLow = u32[SegmentHeader.MagicLow >> 2]
  if (magicLow !== SEGMENT_MAGIC_LOW || u32[SegmentHeader.MagicHigh >> 2] !== SEGMENT_MAGIC_HIGH) {
    return SegmentFault.Magic
  }
  const version = u32[SegmentHeader.FormatVersion >> 2]
  // Version 0 never was: the write of the header was cut short behind its magic.
  if (version === 0) return SegmentFault.Checksum
  if (version! < JOURNAL_FORMAT_OLDEST || version! > JOURNAL_FORMAT_VERSION) return SegmentFault.Version
  if (u32[SegmentHeader.HeaderCrc >> 2] !== headerCrc(u8)) return SegmentFault.Checksum
  if (u32[SegmentHeader.CatalogueVersion >> 2] !== CATALOGUE_VERSION) return SegmentFault.Catalogue
  const bytes = block.f64[SegmentHeader.SegmentBytes >> 3]!
  const isSized = bytes >= SEGMENT_BYTES_MIN && bytes <= SEGMENT_BYTES_MAX && bytes % 8 === 0
  return isSized ? SegmentFault.None : SegmentFault.Geometry
}

/** Reads the facts of a header that `checkSegmentHeader` found good. */
export function readSegmentHeader(block: RecordViews): SegmentHeaderFacts {
  const { u32, f64, u8 } = block
  let label = ''
  for (let i = SegmentHeader.Label; i < SegmentHeader.SealBefore && u8[i] !== 0; i++)
    label += String.fromCharCode(u8[i]!)
  return {
    identity: {
      idLow: u32[SegmentHeader.JournalIdLow >> 2]!,
      idHigh: u32[SegmentHeader.JournalIdHigh >> 2]!,
      configLow: u32[SegmentHeader.ConfigLow >> 2]!,
      configHigh: u32[SegmentHeader.ConfigHigh >> 2]!,
      label,
      sessionDigest: isBlank(block, SegmentHeader.SessionDigest, SEAL_DIGEST_BYTES)
        ? undefined
        : hexAt(u8, SegmentHeader.SessionDigest),
    },
    formatVersion: u32[SegmentHeader.FormatVersion >> 2]!,
    catalogueVersion: u32[SegmentHeader.CatalogueVersion >> 2]!,
    segmentNumber: u32[SegmentHeader.SegmentNumber >> 2]!,
    segmentBytes: f64[SegmentHeader.SegmentBytes >> 3]!,
    batchesBefore: f64[SegmentHeader.BatchesBefore >> 3]!,
    chainBefore: u32[SegmentHeader.ChainBefore >> 2]!,
    writerEpoch: u32[SegmentHeader.WriterEpoch >> 2]!,
    lastSequenceBefore: [0, f64[SegmentHeader.LastInboundBefore >> 3]!, f64[SegmentHeader.LastOutboundBefore >> 3]!],
    recordsBefore: [0, f64[SegmentHeader.InboundRecordsBefore >> 3]!, f64[SegmentHeader.OutboundRecordsBefore >> 3]!],
    sealBefore: hexAt(u8, SegmentHeader.SealBefore),
  }
}

function hexAt(u8: Uint8Array, at: number): string {
  return Buffer.from(u8.subarray(at, at + SEAL_DIGEST_BYTES)).toString('hex')
}

const FAULT_TEXT: Record<Exclude<SegmentFault, SegmentFault.Version | SegmentFault.Catalogue>, string> = {
  [SegmentFault.None]: 'is whole',
  [SegmentFault.Short]: 'is shorter than a segment header',
  [SegmentFault.Blank]: 'has a blank header',
  [SegmentFault.Magic]: 'does not begin with the magic of a journal segment',
  [SegmentFault.Checksum]: 'has a header whose checksum is wrong',
  [SegmentFault.Geometry]: 'has a header with an impossible segment size',
  [SegmentFault.Misplaced]: 'carries another segment number than its name',
}

/** The fault in words: "segment … `<text>`". @param block the header block, for what it says of itself */
export function describeSegmentFault(fault: SegmentFault, block: RecordViews): string {
  if (fault === SegmentFault.Version) {
    const version = block.u32[SegmentHeader.FormatVersion >> 2]!
    const age = version < JOURNAL_FORMAT_OLDEST ? 'an older' : 'a newer'
    const read = `${JOURNAL_FORMAT_OLDEST} to ${JOURNAL_FORMAT_VERSION}`
    return `is of format version ${version}, this build reads ${read}: use ${age} build to read it`
  }
  if (fault === SegmentFault.Catalogue) {
    const version = block.u32[SegmentHeader.CatalogueVersion >> 2]!
    const age = version < CATALOGUE_VERSION ? 'an older' : 'a newer'
    return `holds records of catalogue version ${version}, this build reads ${CATALOGUE_VERSION}: use ${age} build to read it`
  }
  return FAULT_TEXT[fault]
}

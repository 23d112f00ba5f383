import { RecordViews } from '../../kernels/records/views.ts'
import { errnoNameOf, JournalIoError, JournalOperation } from './errors.ts'
import { parseSegmentName, SEGMENT_HEADER_BYTES, segmentName } from './layout.ts'
import { SegmentSearch } from './look-ahead.ts'
import { readFully } from './read-fully.ts'
import {
  checkSegmentHeader,
  describeSegmentFault,
  type JournalIdentity,
  readSegmentHeader,
  SegmentFault,
  type SegmentHeaderFacts,
} from './segment-header.ts'
import type { SegmentFile, SegmentStorage } from './segment-storage.ts'

interface ListedFault {
  readonly code: string
  readonly what: string
  readonly offsetBytes: number
}

export interface ListedSegment {
  readonly name: string
  readonly segmentNumber: number
  /** Undefined when the header cannot be used. */
  readonly header: SegmentHeaderFacts | undefined
  readonly faults: ListedFault[]
}

export interface SegmentListing {
  readonly segments: readonly ListedSegment[]
  readonly identity: JournalIdentity | undefined
  /** Of the first segment with a header; 0 without one. */
  readonly formatVersion: number
  /** Size of every segment, 0 when there is none. */
  readonly segmentBytes: number
  /** Row S3 of the decision table. */
  readonly unborn: string | undefined
}

const CODE_BY_FAULT: Partial<Record<SegmentFault, string>> = {
  [SegmentFault.Version]: 'format-version',
  [SegmentFault.Catalogue]: 'catalogue-version',
  [SegmentFault.Geometry]: 'segment-foreign',
  [SegmentFault.Misplaced]: 'segment-foreign',
}

export interface Probe {
  readonly fault: SegmentFault
  readonly header: SegmentHeaderFacts | undefined
  /** Whether nothing but zeros lies behind the header block. */
  readonly isUnused: boolean
  /** The fault in words: "the segment …". */
  readonly what: string
}

function probe(file: SegmentFile, segmentNumber: number): Probe {
  const block = new RecordViews(new ArrayBuffer(SEGMENT_HEADER_BYTES))
  const fault = checkSegmentHeader(block, readFully(file, block.u8, 0, SEGMENT_HEADER_BYTES, 0))
  if (fault === SegmentFault.None) {
    const header = readSegmentHeader(block)
    if (header.segmentNumber === segmentNumber) return { fault, header, isUnused: false, what: '' }
    const what = describeSegmentFault(SegmentFault.Misplaced, block)
    return { fault: SegmentFault.Misplaced, header: undefined, isUnused: false, what }
  }
  const isUnused = new SegmentSearch().countUsed(file, SEGMENT_HEADER_BYTES) === 0
  return { fault, header: undefined, isUnused, what: describeSegmentFault(fault, block) }
}

/** Opens a file for reading, as a typed error when that fails. @throws JournalIoError */
export function openForRead(storage: SegmentStorage, name: string): SegmentFile {
  try {
    return storage.open(name, 'read')
  } catch (error) {
    throw new JournalIoError(JournalOperation.Read, errnoNameOf(error), `${storage.label}/${name}`, error)
  }
}

/** Segment numbers present, ascending. @throws JournalIoError */
export function listSegmentNumbers(storage: SegmentStorage): number[] {
  try {
    const numbers = storage.list().map(parseSegmentName)
    return numbers.filter((number) => number > 0).sort((a, b) => a - b)
  } catch (error) {
    throw new JournalIoError(JournalOperation.List, errnoNameOf(error), storage.label, error)
  }
}

/** Reads one segment's header. @throws JournalIoError */
export function probeSegment(storage: SegmentStorage, segmentNumber: number): Probe {
  const file = openForRead(storage, segmentName(segmentNumber))
  try {
    return probe(file, segmentNumber)
  } finally {
    file.close()
  }
}

/** Whether two headers are of one journal; all its segments have the same size. */
export function isSameJournal(one: SegmentHeaderFacts, other: SegmentHeaderFacts): boolean {
  const a = one.identity
  const b = other.identity
  const isSameRun = a.configLow === b.configLow && a.configHigh === b.configHigh
  if (a.sessionDigest !== b.sessionDigest) return false
  return isSameRun && a.idLow === b.idLow && a.idHigh === b.idHigh && one.segmentBytes === other.segmentBytes
}

/** What a header looks like whose first write was cut short anywhere. */
const TORN_HEADER = new Set([SegmentFault.Short, SegmentFault.Blank, SegmentFault.Magic, SegmentFault.Checksum])

/** Row S3: a segment whose creation was cut short, and that holds nothing. */
export function isUnborn(found: Probe): boolean {
  return TORN_HEADER.has(found.fault) && found.isUnused
}

/** Rows S1 to S7 of the decision table of recovery.ts. @throws JournalIoError */
export function listSegments(storage: SegmentStorage): SegmentListing {
  const numbers = listSegmentNumbers(storage)
  const probes = numbers.map((number) => probeSegment(storage, number))
  let unborn: string | undefined
  if (probes.length > 0 && isUnborn(probes.at(-1)!)) {
    unborn = segmentName(numbers.pop()!)
    probes.pop()
  }
  const first = probes.find((found) => found.header !== undefined)?.header
  const segments: ListedSegment[] = []
  let expected = 1
  numbers.forEach((segmentNumber, index) => {
    const name = segmentName(segmentNumber)
    const { fault } = probes[index]!
    let { header } = probes[index]!
    const faults: ListedFault[] = []
    if (segmentNumber !== expected) {
      const span = segmentNumber === expected + 1 ? '' : ` to ${segmentName(segmentNumber - 1)}`
      faults.push({
        code: 'segment-missing',
        what: `${segmentName(expected)}${span} is missing before it`,
        offsetBytes: 0,
      })
    }
    expected = segmentNumber + 1
    if (fault !== SegmentFault.None) {
      faults.push({
        code: CODE_BY_FAULT[fault] ?? 'segment-header',
        what: `it ${probes[index]!.what}`,
        offsetBytes: 0,
      })
    } else if (!isSameJournal(header!, first!)) {
      faults.push({ code: 'segment-foreign', what: 'it belongs to another journal', offsetBytes: 0 })
      header = undefined
    }
    segments.push({ name, segmentNumber, header, faults })
  })
  const { identity, formatVersion = 0, segmentBytes = 0 } = first ?? {}
  return { segments, identity, formatVersion, segmentBytes, unborn }
}

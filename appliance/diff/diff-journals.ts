import { FileStorage } from '../../storage/journal/file-storage.ts'
import { readLastSequence } from '../../storage/journal/last-sequence.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import { findSessionHeader } from '../run/session-file.ts'
import { compareHeaders } from './compare-headers.ts'
import { compareStreams, readAround, type StreamComparison, type StreamDifference } from './compare-streams.ts'
import { explainInbound, explainOutbound, type Sides } from './explain-difference.ts'
import { compareFields, type FieldDifference, type ShownRecord } from './shown-record.ts'

/** The first record in which two journals differ, by the order of causes. Field names are relied on by scripts. */
export interface FirstDifference {
  readonly stream: 'inbound' | 'outbound'
  /** Of the record; of the side that has one. */
  readonly sequence: number
  readonly left: ShownRecord | null
  readonly right: ShownRecord | null
  readonly fields: readonly FieldDifference[]
  /** In one sentence, as far as the journals tell. */
  readonly cause: string
  /** Inbound sequence in the middle of what `inbound` shows: the record itself, or the one that the decision answers. */
  readonly causeSequence: number
  /** Inbound records around the cause, of the left journal. */
  readonly inbound: readonly ShownRecord[]
}

export interface DiffResult {
  readonly left: string
  readonly right: string
  readonly isSame: boolean
  /** Records that are the same, from the beginning of each stream. */
  readonly sameInbound: number
  readonly sameOutbound: number
  readonly first: FirstDifference | null
  /** What the session starts and the headers say differently: code, plugins, configuration, limits. */
  readonly sessions: readonly FieldDifference[]
  /** Damage by which a journal ends before its time; the comparison goes no further. */
  readonly damage: readonly { readonly path: string; readonly what: string }[]
}

export interface DiffOptions {
  readonly left: string
  readonly right: string
  /** Inbound records shown before the cause, and as many behind. */
  readonly reach: number
  /** From 0 to 1; may throw to end it. */
  readonly onProgress: (fraction: number) => void
}

/** Fields of session starts and headers that are of no consequence when they differ. */
const INCONSEQUENTIAL = new Set(['kind', 'files'])

/**
 * Compares two journals record by record, both streams, and names the first difference: the outbound one where its cause comes
 * before the first inbound difference.
 * @throws JournalIoError, JournalCorruptError when one cannot be read at all
 */
export function diffJournals(options: DiffOptions): DiffResult {
  const { left, right, reach, onProgress } = options
  const storages = [new FileStorage(left), new FileStorage(right)] as const
  const sides: Sides = { names: ['A', 'B'], headers: [findSessionHeader(left), findSessionHeader(right)] }
  const lasts = [JournalStream.Inbound, JournalStream.Outbound].map((stream) =>
    Math.max(1, readLastSequence(storages[0], stream as JournalStream.Inbound)),
  )
  const total = lasts[0]! + lasts[1]!
  const inbound = compareStreams(...storages, JournalStream.Inbound, (records) => onProgress(records / total))
  const outbound = compareStreams(...storages, JournalStream.Outbound, (records) =>
    onProgress((lasts[0]! + records) / total),
  )
  const first = chooseFirst(inbound, outbound)
  const starts = inbound.starts === null ? [] : compareFields(inbound.starts.left, inbound.starts.right)
  const sessions = [...starts, ...compareHeaders(...sides.headers)]
  const isSame = first === null && sessions.every(({ field }) => INCONSEQUENTIAL.has(field))
  return {
    left,
    right,
    isSame,
    sameInbound: inbound.same,
    sameOutbound: outbound.same,
    first: first === null ? null : describeDifference(first, sides, storages[0], reach),
    sessions,
    damage: first === null ? [] : findDamage(first.difference, [left, right]),
  }
}

/** Which of the two streams' differences comes first. */
export interface ChosenDifference {
  readonly stream: 'inbound' | 'outbound'
  readonly difference: StreamDifference
}

function chooseFirst(inbound: StreamComparison, outbound: StreamComparison): ChosenDifference | null {
  const told = inbound.difference
  const decided = outbound.difference
  if (told === null && decided === null) return null
  if (decided === null) return { stream: 'inbound', difference: told! }
  if (told === null) return { stream: 'outbound', difference: decided }
  const isDecidedFirst = causeOf(decided) < sequenceOf(told)
  return isDecidedFirst ? { stream: 'outbound', difference: decided } : { stream: 'inbound', difference: told }
}

function sequenceOf({ left, right }: StreamDifference): number {
  return Math.min(...[left, right].flatMap((record) => (record === null ? [] : [record.sequence])))
}

function causeOf({ left, right }: StreamDifference): number {
  return Math.min(...[left, right].flatMap((record) => (record === null ? [] : [record.causeSequence])))
}

/**
 * The difference in full.
 * @param storage of the left journal
 * @param reach inbound records before the cause, and as many behind
 */
export function describeDifference(
  { stream, difference }: ChosenDifference,
  sides: Sides,
  storage: FileStorage,
  reach: number,
): FirstDifference {
  const { left, right } = difference
  const isInbound = stream === 'inbound'
  const causeSequence = isInbound ? sequenceOf(difference) : causeOf(difference)
  return {
    stream,
    sequence: sequenceOf(difference),
    left,
    right,
    fields: left === null || right === null ? [] : compareFields(left, right),
    cause: isInbound ? explainInbound(left, right, sides) : explainOutbound(left, right, sides),
    causeSequence,
    inbound: readAround(storage, JournalStream.Inbound, causeSequence, reach),
  }
}

/** A journal that ends where the other goes on may be damaged there. */
function findDamage({ left, right }: StreamDifference, paths: readonly [string, string]): DiffResult['damage'] {
  return [left, right].flatMap((record, side) => {
    if (record !== null) return []
    const [first] = verifyStorage(new FileStorage(paths[side]!), { digests: false }).damage
    if (first === undefined) return []
    return [{ path: paths[side]!, what: `${first.file} offset ${first.offsetBytes}: ${first.what}` }]
  })
}

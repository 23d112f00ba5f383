import { CATALOGUE_VERSION } from '../../kernels/records/catalogue.ts'
import type { JournalDamage, JournalFacts, StreamFacts } from './facts.ts'
import { FileStorage } from './file-storage.ts'
import { HashThreads, type HashThreadsOptions } from './hash-threads.ts'
import { JournalStream, segmentName } from './layout.ts'
import { JournalScan } from './recovery.ts'
import type { SealVerifier } from './seal-key.ts'
import { listSegmentNumbers, openForRead } from './segment-list.ts'
import type { SegmentStorage } from './segment-storage.ts'
import { damageOfProof, proveSession } from './session-proof.ts'

/** From this size of the files on, starting threads is worth their tens of milliseconds. */
const THREADED_FROM_BYTES = 96 * 1024 * 1024

/** What verification concludes. Only `damaged` and `empty` are failures. */
export type JournalVerdict = 'closed' | 'open-ended' | 'torn-tail' | 'damaged' | 'other-build' | 'empty'

type DigestedStream = JournalStream.Inbound | JournalStream.Outbound

function streamFacts(scan: JournalScan, stream: DigestedStream, digest: string | null): StreamFacts {
  return {
    records: scan.tail.records[stream]!,
    batches: scan.batchesByStream[stream]!,
    firstSequence: scan.firstSequence[stream]!,
    lastSequence: scan.tail.lastSequence[stream]!,
    digest,
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}

/** The facts of a scan; counts and digests are of the sound part. @param digestOf a stream's digest, where the scan has none */
function factsOf(
  scan: JournalScan,
  storage: SegmentStorage,
  digests: boolean,
  digestOf = (stream: DigestedStream) =>
    (stream === JournalStream.Inbound ? scan.inboundDigest : scan.outboundDigest).hex(),
): JournalFacts {
  const { identity } = scan
  const session = proveSession(storage, identity?.sessionDigest)
  const stream = (which: DigestedStream) => streamFacts(scan, which, digests ? digestOf(which) : null)
  return {
    path: storage.label,
    session,
    journalId: identity === undefined ? null : hex(identity.idHigh) + hex(identity.idLow),
    label: identity?.label ?? null,
    formatVersion: scan.formatVersion,
    catalogueVersion: CATALOGUE_VERSION,
    writerEpoch: scan.writerEpoch,
    segments: scan.segments,
    batches: scan.tail.batches,
    inbound: stream(JournalStream.Inbound),
    outbound: stream(JournalStream.Outbound),
    isClosed: scan.isClosed,
    tornTail: scan.tornTail,
    damage: [...damageOfProof(session), ...scan.damage],
    isDamageCut: scan.isDamageCut,
  }
}

/** Bytes that threads could open and read as well: of all segments, nearly, which have one size; 0 where one is compressed. */
function threadableBytes(storage: SegmentStorage): number {
  const numbers = listSegmentNumbers(storage)
  if (numbers.length === 0 || !(storage instanceof FileStorage) || storage.hasCompressed()) return 0
  const file = openForRead(storage, segmentName(numbers[0]!))
  try {
    return numbers.length * file.sizeBytes()
  } finally {
    file.close()
  }
}

export interface VerifyOptions {
  /** Told now and then how much is read, from 0 to 1; may throw to end it. */
  readonly onProgress?: (fraction: number) => void
  /** Demands that every seal is signed by this key. */
  readonly sealKey?: SealVerifier
  /** Whether to compute the digests of both streams, which prove nothing about the journal itself; true unless said. */
  readonly digests?: boolean
  /** A journal of so many bytes, in a folder and not compressed, is hashed on threads beside this one. */
  readonly threadedFromBytes?: number
  /** Of those threads. */
  readonly threads?: Omit<HashThreadsOptions, 'digests'>
}

/** Reads a whole journal and checks every byte that matters. @throws JournalIoError */
export function verifyStorage(storage: SegmentStorage, options: VerifyOptions = {}): JournalFacts {
  const { digests = true, threadedFromBytes = THREADED_FROM_BYTES, threads, ...given } = options
  const scanned = { ...given, digests, seals: true }
  const bytes = threadableBytes(storage)
  if (bytes === 0 || bytes < threadedFromBytes) {
    return factsOf(new JournalScan(storage, scanned), storage, digests)
  }
  const hasher = new HashThreads(storage, { ...threads, digests })
  try {
    const scan = new JournalScan(storage, { ...scanned, hasher })
    return factsOf(scan, storage, digests, (stream) => hasher.digest(stream))
  } finally {
    hasher.close()
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** Whether a segment is what another build of the product writes, and not what was written. */
function isOfOtherBuild({ code }: JournalDamage): boolean {
  return code === 'format-version' || code === 'catalogue-version'
}

/** The conclusion of `xk journal verify`. */
export function judge(facts: JournalFacts): JournalVerdict {
  if (facts.damage.length > 0) return facts.damage.every(isOfOtherBuild) ? 'other-build' : 'damaged'
  if (facts.batches === 0 && facts.segments.length === 0) return 'empty'
  if (facts.tornTail !== null) return 'torn-tail'
  return facts.isClosed ? 'closed' : 'open-ended'
}

const VERDICT_TEXT: Record<JournalVerdict, string> = {
  closed: 'whole; closed in order by its writer',
  'open-ended': 'whole; not closed: its writer is at work or was killed',
  'torn-tail': 'whole up to a torn tail that was never durable; a writer that opens it cuts that off',
  damaged: 'DAMAGED: bytes that were durable are not what was written',
  'other-build': 'NOT READ: another build of xk wrote it, which this one cannot vouch for; use that one',
  empty: 'no journal: the folder holds no segment with a header',
}

const SESSION_TEXT: Record<JournalFacts['session'], string> = {
  proven: 'its description (session.json) is what the journal was begun with',
  altered: 'its description (session.json) is NOT what the journal was begun with',
  missing: 'its description (session.json) is MISSING',
  unproven: 'the journal says nothing of its description',
}

function formatSeals(facts: JournalFacts): string[] {
  const sealed = facts.segments.filter((segment) => segment.seal !== null)
  const last = sealed.at(-1)
  if (last === undefined) return ['seals     none yet']
  const signed = sealed.filter((segment) => segment.signedBy !== null)
  const by = signed.length === 0 ? 'not signed' : `${count(signed.length)} signed by ${signed.at(-1)!.signedBy}`
  return [
    `seals     ${count(sealed.length)} of ${count(facts.segments.length)} segments, ${by}`,
    `          last ${last.seal}`,
  ]
}

/** The facts as lines of text, the verdict last. */
export function formatFacts(facts: JournalFacts): string[] {
  const lines = [
    `journal   ${facts.path}`,
    `id        ${facts.journalId ?? '-'} ${facts.label ?? ''}`.trimEnd(),
    `segments  ${count(facts.segments.length)}, batches ${count(facts.batches)}`,
  ]
  for (const name of ['inbound', 'outbound'] as const) {
    const stream = facts[name]
    const range =
      stream.records === 0 ? '' : `, sequences ${count(stream.firstSequence)} to ${count(stream.lastSequence)}`
    lines.push(`${name.padEnd(9)} ${count(stream.records)} records in ${count(stream.batches)} batches${range}`)
    if (stream.digest !== null) lines.push(`          sha256 ${stream.digest}`)
  }
  for (const segment of facts.segments) {
    if (segment.strayBytes > 0) lines.push(`stray     ${segment.file}: ${segment.strayBytes} bytes in unused space`)
  }
  lines.push(...formatSeals(facts), `session   ${SESSION_TEXT[facts.session]}`)
  const torn = facts.tornTail
  if (torn !== null) lines.push(`torn      ${torn.file} offset ${torn.offsetBytes}: ${torn.bytes} bytes, ${torn.what}`)
  for (const damage of facts.damage) {
    lines.push(`damage    ${damage.file} offset ${damage.offsetBytes}: ${damage.what} (${damage.code})`)
    for (const lost of damage.lost) {
      const until = lost.before === null ? 'nothing known behind' : `before ${lost.before}`
      lines.push(`          ${lost.stream}: lost after sequence ${lost.after}, ${until}`)
    }
  }
  if (facts.isDamageCut) lines.push('damage    more than is listed')
  lines.push(`verdict   ${VERDICT_TEXT[judge(facts)]}`)
  return lines
}

import type { RecordDigest } from '../../kernels/records/canonical.ts'
import { CATALOGUE_VERSION } from '../../kernels/records/catalogue.ts'
import type { JournalFacts, StreamFacts } from './facts.ts'
import { JOURNAL_FORMAT_VERSION, JournalStream } from './layout.ts'
import { JournalScan } from './recovery.ts'
import type { SealVerifier } from './seal-key.ts'
import type { SegmentStorage } from './segment-storage.ts'

/** What verification concludes. Only `damaged` and `empty` are failures. */
export type JournalVerdict = 'closed' | 'open-ended' | 'torn-tail' | 'damaged' | 'empty'

function streamFacts(scan: JournalScan, stream: JournalStream, digest: RecordDigest): StreamFacts {
  return {
    records: scan.tail.records[stream]!,
    batches: scan.batchesByStream[stream]!,
    firstSequence: scan.firstSequence[stream]!,
    lastSequence: scan.tail.lastSequence[stream]!,
    digest: digest.hex(),
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}

/** The facts of a scan; counts and digests are of the sound part. */
export function factsOf(scan: JournalScan, path: string): JournalFacts {
  const { identity } = scan
  return {
    path,
    journalId: identity === undefined ? null : hex(identity.idHigh) + hex(identity.idLow),
    label: identity?.label ?? null,
    formatVersion: JOURNAL_FORMAT_VERSION,
    catalogueVersion: CATALOGUE_VERSION,
    writerEpoch: scan.writerEpoch,
    segments: scan.segments,
    batches: scan.tail.batches,
    inbound: streamFacts(scan, JournalStream.Inbound, scan.inboundDigest),
    outbound: streamFacts(scan, JournalStream.Outbound, scan.outboundDigest),
    isClosed: scan.isClosed,
    tornTail: scan.tornTail,
    damage: scan.damage,
    isDamageCut: scan.isDamageCut,
  }
}

/**
 * Reads a whole journal and checks every byte that matters.
 * @param sealKey demands that every seal is signed by this key
 * @param onProgress told now and then how much is read, from 0 to 1; may throw to end it
 * @throws JournalIoError
 */
export function verifyStorage(
  storage: SegmentStorage,
  onProgress?: (fraction: number) => void,
  sealKey?: SealVerifier,
): JournalFacts {
  const options = { digests: true, seals: true, ...(onProgress && { onProgress }), ...(sealKey && { sealKey }) }
  return factsOf(new JournalScan(storage, options), storage.label)
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** The conclusion of `xk journal verify`. */
export function judge(facts: JournalFacts): JournalVerdict {
  if (facts.damage.length > 0) return 'damaged'
  if (facts.batches === 0 && facts.segments.length === 0) return 'empty'
  if (facts.tornTail !== null) return 'torn-tail'
  return facts.isClosed ? 'closed' : 'open-ended'
}

const VERDICT_TEXT: Record<JournalVerdict, string> = {
  closed: 'whole; closed in order by its writer',
  'open-ended': 'whole; not closed: its writer is at work or was killed',
  'torn-tail': 'whole up to a torn tail that was never durable; a writer that opens it cuts that off',
  damaged: 'DAMAGED: bytes that were durable are not what was written',
  empty: 'no journal: the folder holds no segment with a header',
}

function formatSeals(facts: JournalFacts): string {
  const sealed = facts.segments.filter((segment) => segment.seal !== null)
  const last = sealed.at(-1)
  if (last === undefined) return 'seals     none yet'
  const signed = sealed.filter((segment) => segment.signedBy !== null)
  const by = signed.length === 0 ? 'not signed' : `${count(signed.length)} signed by ${signed.at(-1)!.signedBy}`
  return `seals     ${count(sealed.length)} of ${count(facts.segments.length)} segments, ${by}, last ${last.seal}`
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
    lines.push(`          sha256 ${stream.digest}`)
  }
  for (const segment of facts.segments) {
    if (segment.strayBytes > 0) lines.push(`stray     ${segment.file}: ${segment.strayBytes} bytes in unused space`)
  }
  lines.push(formatSeals(facts))
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

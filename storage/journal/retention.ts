import fs from 'node:fs'
import { join, resolve } from 'node:path'
import { COMPRESSED_SUFFIX } from './compressed-layout.ts'
import { parseSegmentName } from './layout.ts'
import { SESSION_FILE_NAME } from './session-proof.ts'

/** What else lies in a journal's folder and goes with it. */
const COMPANIONS = new Set([SESSION_FILE_NAME, 'clock.csv', 'repair.json', 'spare.next', 'spare.tmp'])
const SNAPSHOT_SUFFIX = '.xks'
/** A journal that changed so lately may be of a session that runs. */
const LIVELY_MS = 3_600_000

/** Holds what the next start-of-day file is reconciled with. */
export const END_OF_DAY_NAME = 'end-of-day.yaml'

/** How much is kept; 0 of each for no bound. */
export interface Retention {
  /** Days since the newest segment changed. */
  readonly keepDays: number
  /** Journals, the newest ones. */
  readonly keepCount: number
  /** Bytes of all journals together. */
  readonly keepBytes: number
}

/** One journal of a folder of journals, as retention sees it. */
export interface KeptJournal {
  readonly path: string
  readonly bytes: number
  /** When its newest segment last changed, in milliseconds since 1970. */
  readonly changedMs: number
  /** Whether an end-of-day file lies in it. */
  readonly hasEndOfDay: boolean
  /** What keeps it, whatever its age: null when nothing does. */
  readonly keptBecause: string | null
}

function describe(path: string, nowMs: number): KeptJournal | undefined {
  let bytes = 0
  let changedMs = 0
  let segments = 0
  let stranger: string | undefined
  let hasEndOfDay = false
  for (const name of fs.readdirSync(path)) {
    const { size, mtimeMs } = fs.statSync(join(path, name))
    bytes += size
    const isSegment = parseSegmentName(name.replace(COMPRESSED_SUFFIX, '')) > 0
    if (isSegment) {
      segments++
      changedMs = Math.max(changedMs, mtimeMs)
    } else if (name === END_OF_DAY_NAME) hasEndOfDay = true
    else if (!COMPANIONS.has(name) && !name.endsWith(SNAPSHOT_SUFFIX)) stranger = name
  }
  if (segments === 0) return undefined
  const isLively = nowMs - changedMs < LIVELY_MS
  const keptBecause =
    stranger !== undefined
      ? `it holds a file that is none of a journal's: ${stranger}`
      : isLively
        ? 'it changed within the hour'
        : null
  return { path, bytes, changedMs, hasEndOfDay, keptBecause }
}

/**
 * The journals in a folder, oldest first.
 * @param needed those that stay, and why
 * @throws a system error when the folder cannot be read
 */
export function listJournals(
  folder: string,
  nowMs: number,
  needed: readonly { readonly path: string; readonly why: string }[] = [],
): KeptJournal[] {
  const whyOf = new Map(needed.map(({ path, why }) => [resolve(path), why]))
  const journals = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => describe(join(folder, entry.name), nowMs))
  return journals
    .filter((journal) => journal !== undefined)
    .map((journal) => ({ ...journal, keptBecause: whyOf.get(resolve(journal.path)) ?? journal.keptBecause }))
    .sort((a, b) => a.changedMs - b.changedMs)
}

/**
 * Which journals go: whole ones, oldest first, until no bound is passed or nothing is left that may go. A journal is never thinned
 * out: part of a session proves nothing.
 */
export function choosePrunable(journals: readonly KeptJournal[], retention: Retention, nowMs: number): KeptJournal[] {
  const { keepDays, keepCount, keepBytes } = retention
  const limitMs = keepDays === 0 ? 0 : nowMs - keepDays * 86_400_000
  let count = journals.length
  let bytes = journals.reduce((sum, journal) => sum + journal.bytes, 0)
  const going: KeptJournal[] = []
  for (const journal of journals) {
    const isOver = (keepCount > 0 && count > keepCount) || (keepBytes > 0 && bytes > keepBytes)
    if (journal.keptBecause !== null || !(isOver || journal.changedMs < limitMs)) continue
    going.push(journal)
    count--
    bytes -= journal.bytes
  }
  return going
}

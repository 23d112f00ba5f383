import fs from 'node:fs'
import { join } from 'node:path'
import { COMPRESSED_SUFFIX } from './compressed-layout.ts'
import { parseSegmentName } from './layout.ts'

/** What else lies in a journal's folder and goes with it. */
const COMPANIONS = new Set(['session.json', 'end-of-day.yaml', 'clock.csv', 'repair.json', 'spare.next', 'spare.tmp'])
const SNAPSHOT_SUFFIX = '.xks'
/** A journal that changed so lately may be of a session that runs. */
const LIVELY_MS = 3_600_000

/** One journal of a folder of journals, as retention sees it. */
export interface KeptJournal {
  readonly path: string
  readonly bytes: number
  /** When its newest segment last changed, in milliseconds since 1970. */
  readonly changedMs: number
  /** What keeps it, whatever its age: null when nothing does. */
  readonly keptBecause: string | null
}

function describe(path: string, nowMs: number): KeptJournal | undefined {
  let bytes = 0
  let changedMs = 0
  let segments = 0
  let stranger: string | undefined
  for (const name of fs.readdirSync(path)) {
    const { size, mtimeMs } = fs.statSync(join(path, name))
    bytes += size
    const isSegment = parseSegmentName(name.replace(COMPRESSED_SUFFIX, '')) > 0
    if (isSegment) {
      segments++
      changedMs = Math.max(changedMs, mtimeMs)
    } else if (!COMPANIONS.has(name) && !name.endsWith(SNAPSHOT_SUFFIX)) stranger = name
  }
  if (segments === 0) return undefined
  const isLively = nowMs - changedMs < LIVELY_MS
  const keptBecause =
    stranger !== undefined
      ? `it holds a file that is none of a journal's: ${stranger}`
      : isLively
        ? 'it changed within the hour'
        : null
  return { path, bytes, changedMs, keptBecause }
}

/** The journals in a folder, oldest first. @throws a system error when the folder cannot be read */
export function listJournals(folder: string, nowMs: number): KeptJournal[] {
  const journals = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => describe(join(folder, entry.name), nowMs))
  return journals.filter((journal) => journal !== undefined).sort((a, b) => a.changedMs - b.changedMs)
}

/**
 * Which journals go: whole ones, oldest first. A journal is never thinned out: part of a session proves nothing.
 * @param keepDays those that changed within so many days stay
 */
export function choosePrunable(journals: readonly KeptJournal[], keepDays: number, nowMs: number): KeptJournal[] {
  const limitMs = nowMs - keepDays * 86_400_000
  return journals.filter((journal) => journal.keptBecause === null && journal.changedMs < limitMs)
}

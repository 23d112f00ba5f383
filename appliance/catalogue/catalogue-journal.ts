import { join } from 'node:path'
import { XkError } from '../../kernels/host/xk-error.ts'
import { Catalogue, type SessionRows } from '../../storage/catalogue/catalogue.ts'
import { indexSession } from '../../storage/catalogue/index-session.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { MarketMarks } from '../run/market-marks.ts'
import { BOOK_ORDERS_MAX, INSTRUMENTS_MAX } from '../run/session-bounds.ts'
import { findSessionHeader } from '../run/session-file.ts'
import { CATALOGUE_NAME, cataloguePathOf, listJournals, sessionNameOf } from './catalogue-place.ts'

type ReportProgress = (fraction: number) => void

/** Enters a journal in the catalogue of its folder, in place of what that has of it. @throws XkError */
export function catalogueJournal(journalPath: string, onProgress?: ReportProgress): void {
  const catalogue = Catalogue.open(cataloguePathOf(journalPath))
  try {
    catalogue.putSession(sessionNameOf(journalPath), (rows) => index(rows, journalPath, onProgress))
  } finally {
    catalogue.close()
  }
}

export interface ReindexResult {
  readonly path: string
  readonly sessions: readonly string[]
  /** Journals that could not be read at all, and why. */
  readonly failures: readonly { readonly session: string; readonly what: string }[]
}

/**
 * Builds the catalogue of a folder anew from its journals. Readers see the old one until the new one is whole; when it is stopped the
 * old one stays.
 * @throws CatalogueError, what `onProgress` throws
 */
export function reindex(folder: string, onProgress: (fraction: number, session: string) => void): ReindexResult {
  const names = listJournals(folder)
  const path = join(folder, CATALOGUE_NAME)
  const sessions: string[] = []
  const failures: { session: string; what: string }[] = []
  const catalogue = Catalogue.open(path)
  try {
    catalogue.rebuild((put) => {
      names.forEach((session, done) => {
        const report = (fraction: number) => onProgress((done + fraction) / names.length, session)
        report(0)
        try {
          put(session, (rows) => index(rows, join(folder, session), report))
          sessions.push(session)
        } catch (error) {
          if (!(error instanceof XkError) || !error.code.startsWith('journal-')) throw error
          failures.push({ session, what: error.message })
        }
      })
    })
  } finally {
    catalogue.close()
  }
  return { path, sessions, failures }
}

function index(rows: SessionRows, journalPath: string, onProgress: ReportProgress | undefined): void {
  indexSession(rows, new FileStorage(journalPath), {
    header: findSessionHeader(journalPath),
    marks: new MarketMarks(INSTRUMENTS_MAX, BOOK_ORDERS_MAX),
    ...(onProgress && { onProgress }),
  })
}

import { statSync } from 'node:fs'
import { describeCapture, openFeed } from '../../feeds/capture/open-feed.ts'
import { CaptureKind } from '../../feeds/capture/recognise.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import type { IoConfig } from './io-config.ts'
import { JournalMarket } from './journal-market.ts'
import type { MarketInput } from './market-input.ts'

/** Whether a path of a replay's input names a journal: captures are files, a journal is a folder. */
export function isJournalFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/**
 * Opens what a replay reads: capture files, or a journal.
 * @param threaded whether files are read and decompressed on threads of their own
 * @throws CaptureError, JournalIoError, JournalCorruptError
 */
export function openMarket({ files, session }: IoConfig, threaded: boolean): MarketInput {
  const { epochSeconds } = session
  const [first] = files
  if (first !== undefined && isJournalFolder(first)) return new JournalMarket(new FileStorage(first), epochSeconds)
  return openFeed(files, { threaded, epochSeconds })
}

/** Whether packets will be decoded, and not only files of messages or a journal. */
export function holdsPackets({ files }: IoConfig): boolean {
  return files.some((path) => !isJournalFolder(path) && describeCapture(path).recognised.kind !== CaptureKind.Messages)
}

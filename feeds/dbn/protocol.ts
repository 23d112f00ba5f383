import type { FileProtocol } from '../protocol/protocol.ts'
import { DbnFileFeed } from './file-feed.ts'
import { findFirstSeconds } from './first-time.ts'
import { looksLikeDbn } from './recognise.ts'

/** Databento's files, of all its versions and schemas, and fragments of them. */
export const DBN_FILE: FileProtocol = {
  carrier: 'file',
  name: 'dbn',
  title: 'Databento Binary Encoding, versions 1 to 3',
  recogniseHead: looksLikeDbn,
  findFirstSeconds,
  open: (window, shared, damage) => new DbnFileFeed(window, shared, damage),
}

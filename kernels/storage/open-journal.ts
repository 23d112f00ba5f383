import type { Durability } from '../../storage/journal/commit-schedule.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { readSealSigner } from '../../storage/journal/seal-key.ts'
import { JournalWriter, type OpenedJournal } from '../../storage/journal/writer.ts'
import type { StorageConfig } from './storage-config.ts'

/**
 * Opens the journal of a session for writing: creates it, or recovers what an earlier life of the storage kernel wrote.
 * @throws JournalIoError, JournalCorruptError
 */
export function openJournal(config: StorageConfig): OpenedJournal {
  return JournalWriter.open(FileStorage.create(config.journalPath), {
    identity: {
      idLow: Number.parseInt(config.journalId.slice(8), 16),
      idHigh: Number.parseInt(config.journalId.slice(0, 8), 16),
      configLow: Number.parseInt(config.configHash.slice(8), 16),
      configHigh: Number.parseInt(config.configHash.slice(0, 8), 16),
      label: config.label.slice(0, 24),
      ...(config.sessionHash !== '' && { sessionDigest: config.sessionHash }),
    },
    segmentBytes: config.segmentBytes,
    digests: true,
    ...(config.sealKey !== '' && { signer: readSealSigner(config.sealKey) }),
  })
}

/** The configuration's choice in the journal's words. */
export function durabilityOf(config: StorageConfig): Durability {
  const { durability, groupDelayUs } = config
  return durability === 'group' ? { mode: durability, maxDelayUs: groupDelayUs } : { mode: durability }
}

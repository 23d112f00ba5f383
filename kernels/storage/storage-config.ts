/** Everything that the storage kernel is told before it starts; plain data that crosses to its process as JSON. */
export interface StorageConfig {
  /** Folder of the journal; created, or recovered and continued. */
  readonly journalPath: string
  /** 64 bits that no other journal of this host has, as 16 hexadecimal digits: a restarted kernel knows its own again. */
  readonly journalId: string
  readonly segmentBytes: number
  readonly durability: 'sync' | 'write'
  readonly groupDelayUs: number
  /** Records that one step takes off each ring at most. */
  readonly stepBudget: number
  /** As in the session-start record. */
  readonly configHash: string
  /** Shown with the journal. */
  readonly label: string
}

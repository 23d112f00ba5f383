/** Everything that the storage kernel is told before it starts; plain data that crosses to its process as JSON. */
export interface StorageConfig {
  /** Folder of the journal; created, or recovered and continued. */
  readonly journalPath: string
  /** 64 bits that no other journal of this host has, as 16 hexadecimal digits: a restarted kernel knows its own again. */
  readonly journalId: string
  readonly segmentBytes: number
  /** When records are made durable; see CommitSchedule. */
  readonly durability: 'async' | 'group' | 'sync'
  /** Of `group`: longest that a written record waits for others to be committed with it. */
  readonly groupDelayUs: number
  /** File of the private key that signs seals; empty for none. */
  readonly sealKey: string
  /** Whether old segments are compressed in the background. */
  readonly compresses: boolean
  /** Records that one step takes off each ring at most. */
  readonly stepBudget: number
  /** As in the session-start record. */
  readonly configHash: string
  /** SHA-256 of what the session was begun with, as `hashSession` has it; empty for none. */
  readonly sessionHash: string
  /** Shown with the journal. */
  readonly label: string
}

import type { SessionProof } from './session-proof.ts'

/** What a scan of a journal finds; the shape of `xk journal verify --json`. */

/** The records of one stream in the sound part of a journal. */
export interface StreamFacts {
  readonly records: number
  readonly batches: number
  /** 0 for none. */
  readonly firstSequence: number
  readonly lastSequence: number
  /** SHA-256 over the records' bytes in order; null where it was not asked for. */
  readonly digest: string | null
}

/** What a crash left behind the last valid batch; a writer cuts it off. */
export interface TornTail {
  readonly file: string
  readonly offsetBytes: number
  /** To the last byte that is not zero. */
  readonly bytes: number
  readonly what: string
}

/** Sequences of one stream that lie in or behind damage. */
export interface LostSequences {
  readonly stream: 'inbound' | 'outbound'
  /** Last sequence known before the damage. */
  readonly after: number
  /** First sequence known behind it; null when none follows. */
  readonly before: number | null
}

/** Bytes that are not what the writer wrote, beyond what a crash explains. */
export interface JournalDamage {
  readonly code: string
  readonly what: string
  readonly file: string
  readonly offsetBytes: number
  /** Where sound batches go on, in the same file; null when not in this file. */
  readonly resumesAtBytes: number | null
  readonly lost: readonly LostSequences[]
}

export interface SegmentFacts {
  readonly file: string
  readonly batches: number
  /** Header and valid batches. */
  readonly usedBytes: number
  /** Bytes that are not zero behind the last batch of a segment that the next one continues: harmless. */
  readonly strayBytes: number
  /** SHA-256 of the seal with which it ends, null where it ends without one. */
  readonly seal: string | null
  /** Fingerprint of the key that signed that seal; null without a signature, and where seals were not looked at. */
  readonly signedBy: string | null
}

export interface JournalFacts {
  readonly path: string
  /** Whether the description of the session is proven by the journal. */
  readonly session: SessionProof
  readonly journalId: string | null
  readonly label: string | null
  readonly formatVersion: number
  readonly catalogueVersion: number
  readonly writerEpoch: number
  readonly segments: readonly SegmentFacts[]
  readonly batches: number
  readonly inbound: StreamFacts
  readonly outbound: StreamFacts
  /** Closed in order by its writer. */
  readonly isClosed: boolean
  readonly tornTail: TornTail | null
  readonly damage: readonly JournalDamage[]
  /** Whether more damage was found than is listed. */
  readonly isDamageCut: boolean
}

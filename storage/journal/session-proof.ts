import { createHash } from 'node:crypto'
import type { JournalDamage } from './facts.ts'
import { readFully } from './read-fully.ts'
import { openForRead } from './segment-list.ts'
import type { SegmentStorage } from './segment-storage.ts'

/** What a journal's folder says of its session, beside the segments. */
export const SESSION_FILE_NAME = 'session.json'

/**
 * Whether the description of the session is the one that the journal was begun with. `unproven` is what journals of format 2, and
 * those of no session, are.
 */
export type SessionProof = 'proven' | 'altered' | 'missing' | 'unproven'

/**
 * The SHA-256 of a session's description: over its JSON without white space, and with no strategy disabled, because those are
 * added while the session runs; each is a record of the journal, too.
 * @returns hexadecimal; undefined when it is no such description
 */
export function hashSession(text: string): string | undefined {
  try {
    const session = JSON.parse(text) as { readonly strategy?: object } | null
    if (typeof session?.strategy !== 'object') return undefined
    const begun = { ...session, strategy: { ...session.strategy, disabled: [] } }
    return createHash('sha256').update(JSON.stringify(begun)).digest('hex')
  } catch {
    return undefined
  }
}

/** Compares the description in a journal's folder with what the segments say of it. @throws JournalIoError */
export function proveSession(storage: SegmentStorage, sessionDigest: string | undefined): SessionProof {
  if (sessionDigest === undefined) return 'unproven'
  if (!storage.list().includes(SESSION_FILE_NAME)) return 'missing'
  const file = openForRead(storage, SESSION_FILE_NAME)
  try {
    const bytes = new Uint8Array(file.sizeBytes())
    const length = readFully(file, bytes, 0, bytes.length, 0)
    const text = Buffer.from(bytes.buffer, 0, length).toString('utf8')
    return hashSession(text) === sessionDigest ? 'proven' : 'altered'
  } finally {
    file.close()
  }
}

/** A proof that fails, as damage of the journal. */
export function damageOfProof(proof: SessionProof): JournalDamage[] {
  if (proof === 'proven' || proof === 'unproven') return []
  const what = proof === 'missing' ? 'it is missing' : 'it is not what the journal was begun with'
  return [{ code: `session-${proof}`, what, file: SESSION_FILE_NAME, offsetBytes: 0, resumesAtBytes: null, lost: [] }]
}

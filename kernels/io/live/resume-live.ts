import type { Snapshot, SnapshotStore } from '../../../storage/snapshot/snapshot-store.ts'
import { XkError } from '../../host/xk-error.ts'
import { StateArchiveError } from '../../records/state-archive.ts'
import type { LiveAssembly } from './assemble-live.ts'
import { SESSION_DIFFERS } from './recall-errors.ts'
import { type LiveRecoveryOptions, recoverLive } from './recover-live.ts'

export interface LiveResumeOptions extends Omit<LiveRecoveryOptions, 'snapshot'> {
  /** Undefined when the session takes no snapshots. */
  readonly store: SnapshotStore | undefined
  /** Told what is passed over, and why. */
  readonly onNote: (text: string) => void
}

/** A live kernel that is back. */
export interface ResumedLive {
  readonly assembly: LiveAssembly
  /** Inbound sequence of the snapshot that it began with; 0 for the session's start. */
  readonly from: number
  /** Sequence of the last inbound record that had been published. */
  readonly last: number
}

/**
 * Brings a live I/O kernel back from its newest sound snapshot, or, without one, from the session's start. A snapshot with which
 * something else comes out than was published is given up, and the whole journal is gone through; only when that differs too
 * the session ends.
 * @param assemble puts a fresh kernel together over the regions that were taken over
 * @throws XkError as `recoverLive` does
 */
export async function resumeLive(assemble: () => LiveAssembly, options: LiveResumeOptions): Promise<ResumedLive> {
  const { store, onNote } = options
  const snapshot = store?.findLatest((name) => onNote(`${name} is not sound, or not of this run: passed over`))
  if (snapshot !== undefined) {
    const resumed = await tryFrom(snapshot, assemble(), options)
    if (resumed !== undefined) return resumed
  }
  const assembly = assemble()
  return { assembly, from: 0, last: await recoverLive(assembly, options) }
}

async function tryFrom(
  snapshot: Snapshot,
  assembly: LiveAssembly,
  options: LiveResumeOptions,
): Promise<ResumedLive | undefined> {
  const from = snapshot.inboundSequence
  try {
    return { assembly, from, last: await recoverLive(assembly, { ...options, snapshot }) }
  } catch (error) {
    const isOfSnapshot =
      error instanceof StateArchiveError || (error instanceof XkError && error.code === SESSION_DIFFERS)
    if (!isOfSnapshot) throw error
    options.onNote(`the snapshot at ${from} is given up, all is gone through: ${error.message}`)
    // Its connections would be a second client of the same sessions.
    assembly.gateway.close()
    assembly.dropCopy?.link.close()
    return undefined
  }
}

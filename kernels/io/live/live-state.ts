import type { StateArchive } from '../../records/state-archive.ts'
import { LiveCount } from './live-counts.ts'
import type { LiveKernelParts } from './live-kernel-parts.ts'

/**
 * Saves or restores what a live I/O kernel knows between two of its steps, and what its successor cannot learn otherwise:
 *
 *     gate       positions, open orders, windows, rates, limits in force, kill switches, wishes
 *     books      and with them the gate's reference prices
 *     gateway    orders, names, session and number of the venue's next message
 *     drop copy  executions, breaks, session and number of its next message
 *     operator   how many commands were taken
 *     day        of whom the start-of-day file has yet to speak
 *
 * The feed's own place is none of it: a successor begins its books anew.
 */
export function archiveLive(parts: LiveKernelParts, counts: Float64Array, archive: StateArchive): void {
  const { gate, book, gateway, dropCopy, operator, day } = parts
  archive.array(counts)
  gate.archive(archive)
  book.archive(archive)
  gateway.archive(archive)
  dropCopy?.archive(archive)
  operator.archive(archive)
  day.archive(archive)
}

/**
 * Whether everything that the kernel has taken in is on the ring: then its state is what its published records make, and
 * the venue's messages up to the next one.
 */
export function isAtRest(parts: LiveKernelParts, counts: Float64Array): boolean {
  const { gate, gateway, dropCopy, inbound } = parts
  return (
    counts[LiveCount.InboundRecords]! > 0 &&
    gateway.responses.length === 0 &&
    (dropCopy === undefined || dropCopy.breaks.queue.length === 0) &&
    gate.state.wishes.count === 0 &&
    inbound.headPosition() === inbound.tailPosition()
  )
}

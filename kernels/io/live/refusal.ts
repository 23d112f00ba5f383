import { RecordType, RejectReason } from '../../records/catalogue.ts'
import { Verdict } from '../gate/gate-state.ts'
import type { LiveKernelParts } from './live-kernel-parts.ts'
import { HaltCause } from './safeguards.ts'

/**
 * Why no order leaves now, whatever it is: trading halted, or no session. Cancels always pass.
 * @param type of the request
 * @returns 0 when it may
 */
export function refuseOrder(parts: LiveKernelParts, isEnding: boolean, type: number): number {
  if (type !== RecordType.NewOrder && type !== RecordType.ReplaceOrder) return 0
  const { gate, gateway, dropCopy, safeguards } = parts
  const cause = isEnding ? HaltCause.Stopping : safeguards.cause
  if (cause === HaltCause.None && gateway.isReady && (dropCopy === undefined || dropCopy.isReady)) return 0
  const reason = cause === HaltCause.None ? RejectReason.VenueNotReached : RejectReason.KillSwitch
  gate.state.verdict[Verdict.Value] = cause
  gate.state.verdict[Verdict.Threshold] = 0
  gate.rejects[reason]!++
  return reason
}

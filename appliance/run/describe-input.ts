import { dayOf } from '../../feeds/protocol/session-epoch.ts'
import type { IoReport } from '../../kernels/io/io-host.ts'
import type { ApplianceConfig } from '../config/config.ts'
import type { InputResult } from './types.ts'

/** What was read, as the report shows it. */
export function describeInput(
  { files, timeZone }: ApplianceConfig['feed'],
  epochSeconds: number,
  report: IoReport | undefined,
  instruments: number,
): InputResult {
  const facts = report?.input
  return {
    files,
    bytes: facts?.bytes ?? 0,
    packets: facts?.packets ?? 0,
    messages: facts?.messages ?? 0,
    firstTimeNs: facts?.firstTimeNs ?? '0',
    lastTimeNs: facts?.lastTimeNs ?? '0',
    sessionDate: epochSeconds === 0 ? null : dayOf(epochSeconds, timeZone),
    timeZone,
    instruments,
    missing: facts?.missing ?? 0,
    undecoded: facts?.undecoded ?? {},
    skippedIdleNs: report?.idleSkippedNs ?? 0,
  }
}

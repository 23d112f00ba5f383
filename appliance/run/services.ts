import { benchRing as measureRing } from '../../kernels/ring-bench/bench-ring.ts'
import { benchPath } from './bench-path.ts'
import { benchResume } from './bench-resume.ts'
import { benchResumeLive } from './bench-resume-live.ts'
import { replay } from './replay.ts'
import { rerun } from './rerun.ts'
import type { BenchRequest, RingBenchResult, RunServices } from './types.ts'

const PROGRESS_MS = 100

async function benchRing(request: BenchRequest): Promise<RingBenchResult> {
  const { plan, repetitions, signal, onProgress } = request
  const cores = [plan.roles.io.core ?? 0, plan.roles.strategy.core ?? 0] as const
  // The two processes say nothing until they are done: only the time passes.
  const progress = { phase: 'running', fraction: undefined, inboundRecords: 0, orders: 0, fills: 0 } as const
  const timer = setInterval(() => onProgress(progress), PROGRESS_MS)
  const facts = await measureRing({ cores, rounds: repetitions, signal }).finally(() => clearInterval(timer))
  return {
    roundTripNs: facts.roundTripNs.p50,
    roundTripP99Ns: facts.roundTripNs.p99,
    recordsPerSecond: facts.recordsPerSecond,
    recordBytes: facts.recordBytes,
    bareRoundTripNs: facts.bareRoundTripNs,
    rounds: facts.rounds,
    repetitions,
    cores,
  }
}

/** What the commands run. */
export const services: RunServices = { replay, rerun, benchRing, benchPath, benchResume, benchResumeLive }

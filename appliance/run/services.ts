import { benchRing as measureRing } from '../../kernels/ring-bench/bench-ring.ts'
import { benchPath } from './bench-path.ts'
import { replay } from './replay.ts'
import { rerun } from './rerun.ts'
import type { BenchRequest, RingBenchResult, RunServices } from './types.ts'

async function benchRing(request: BenchRequest): Promise<RingBenchResult> {
  const { plan, repetitions, signal } = request
  const cores = [plan.roles.io.core ?? 0, plan.roles.strategy.core ?? 0] as const
  const facts = await measureRing({ cores, rounds: repetitions, signal })
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
export const services: RunServices = { replay, rerun, benchRing, benchPath }

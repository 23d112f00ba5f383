import { FileStorage } from '../../storage/journal/file-storage.ts'
import { compileEarly, inlineDeeply } from '../loop/compiler-flags.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { printKernelError } from '../loop/kernel-error.ts'
import { type KernelLaunch, readLaunch } from '../loop/launch.ts'
import { awaitRun, type PreparedKernel, prepareKernel, takeCore } from '../loop/prepare.ts'
import { createRecoveryPause } from '../loop/recovery-pause.ts'
import { rehearsePlugins } from '../rehearsal/rehearse-plugins.ts'
import { assembleStrategy, loadStrategies, type StrategyAssembly, type StrategyRegions } from '../strategy/assemble.ts'
import { resumeStrategy } from '../strategy/resume.ts'
import type { StrategyKernelConfig } from '../strategy/strategy-config.ts'
import type { StrategyPlan } from '../strategy/strategy-kernel.ts'
import { keepSnapshots, runStrategy } from './run-strategy.ts'

/** The strategy kernel's process: prepare, catch up after a restart, then the bare loop until the session has ended. */
async function main(): Promise<number> {
  compileEarly()
  inlineDeeply()
  const launch = readLaunch<StrategyKernelConfig>(process.argv[2])
  const { config, seat } = launch
  const prepared = await prepareKernel(launch)
  const { own, regions, control, membership, flight, clock } = prepared
  const journal = new FileStorage(config.journalPath)
  const places = { io: regions.io, strategy: own, storage: regions.storage, membership }
  const pause = createRecoveryPause(control)
  const onNote = (text: string) => flight.note(FlightCode.Running, text)
  const assembly = launch.isRestart
    ? await resumeStrategy({ config, regions: places, clock, journal, pause, onNote })
    : begin(launch, prepared, places)
  keepSnapshots(assembly, config, journal, prepared)
  await runStrategy(assembly, prepared, seat.wait, config.stepBudget, () => awaitRun(prepared, seat))
  return 0
}

/** A kernel at the session's beginning, its code warm if its seat says so. A successor is warm when it has caught up. */
function begin(
  { config, seat }: KernelLaunch<StrategyKernelConfig>,
  prepared: PreparedKernel,
  places: StrategyRegions,
): StrategyAssembly {
  const { clock, flight } = prepared
  let plans: readonly StrategyPlan[] = loadStrategies(config)
  if (seat.rehearses) {
    takeCore(prepared, seat)
    plans = rehearsePlugins(config, plans, clock, (reason) => flight.note(FlightCode.Lacking, `rehearsal: ${reason}`))
  }
  return assembleStrategy(config, places, clock, undefined, plans)
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)

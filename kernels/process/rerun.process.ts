import { type RerunConfig, RerunKernel } from '../io/rerun-kernel.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { printKernelError } from '../loop/kernel-error.ts'
import { LoopEnd, runKernelLoop } from '../loop/kernel-loop.ts'
import { readLaunch } from '../loop/launch.ts'
import { awaitRun, prepareKernel } from '../loop/prepare.ts'
import { RegionState } from '../region/layout.ts'
import { RingWaiter } from '../ring/wait.ts'

/** The process in the I/O kernel's place in a rerun: publishes a journal's inbound records until all are decided on. */
async function main(): Promise<number> {
  const launch = readLaunch<RerunConfig>(process.argv[2])
  const prepared = await prepareKernel(launch)
  const { own, regions, control, membership, flight } = prepared
  const places = { io: own, strategy: regions.strategy, storage: regions.storage, membership }
  const kernel = new RerunKernel(launch.config, places, control)
  const waiter = new RingWaiter(launch.seat.wait, own, [regions.strategy, regions.storage])
  await awaitRun(prepared, launch.seat)
  if (runKernelLoop(kernel, own, control, waiter, launch.config.stepBudget) === LoopEnd.Stopped) {
    flight.note(FlightCode.Stopping, 'asked to stop')
    kernel.endEarly()
    while (!kernel.isFinished) if (kernel.step(launch.config.stepBudget) === 0) waiter.idle()
  }
  own.state = RegionState.Stopped
  flight.note(FlightCode.Finished, 'the journal is decided on again')
  waiter.ring()
  return 0
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)

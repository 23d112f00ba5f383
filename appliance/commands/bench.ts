import { type Command, InvalidArgumentError } from 'commander'
import type { Frame } from '../cli/frame.ts'
import { planCores } from '../core-plan/core-plan.ts'
import { readTopology } from '../core-plan/topology.ts'
import { renderBookBench, renderGateBench, renderPathBench, renderRingBench } from '../report/bench-report.ts'
import type { RunServices } from '../run/types.ts'
import { runInThread } from '../work/run-in-thread.ts'
import { addFeedBenches } from './bench-feeds.ts'
import { addJournalBench } from './bench-journal.ts'
import { addMatchBench } from './bench-matching.ts'
import { addResumeBench } from './bench-resume.ts'
import { showRun } from './run-options.ts'

interface BenchOptions {
  readonly repetitions: number
  readonly json?: boolean
}

function parseRepetitions(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 99) throw new InvalidArgumentError('from 1 to 99.')
  return value
}

/** Cores for the kernels of this host, as a run would choose them. */
function plan() {
  return planCores(readTopology(), { cores: 'auto', scheduling: 'other' })
}

/** The core for what a bench does on one thread. */
function benchCore(): number {
  return plan().roles.strategy.core
}

/** `xk bench ring|book|gate|feed|inspect|journal|match|fuzz|path|resume`. */
export function addBenchCommand(program: Command, frame: Frame, services: RunServices): void {
  const bench = program
    .command('bench')
    .summary('measure rings, books, gate, feeds, journal, matching, the whole path, recovery; fuzz')
    .description('Measures the building blocks on this host. Close other programs first.')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addHelpText('after', '\nExamples:\n  xk bench ring\n      round trip and throughput between two processes')
  frame
    .addCommand(bench, {
      name: 'ring',
      summary: 'round trip and throughput of rings between two processes',
      description: 'Two pinned processes over two rings: ping-pong for the round trip, batches for the throughput.',
      examples: [['bench ring --json', 'roundTripNs, recordsPerSecond, recordBytes for a script']],
    })
    .option('--repetitions <n>', 'repetitions of which the median counts', parseRepetitions, 7)
    .action((options: BenchOptions) =>
      frame.run(options.json === true, async (context) => {
        const { repetitions } = options
        const result = await services.benchRing({ plan: plan(), repetitions, ...showRun(context, 'bench ring') })
        context.printResult(result, () => renderRingBench(result))
        return undefined
      }),
    )
  addBookBench(bench, frame)
  addFeedBenches(bench, frame)
  addJournalBench(bench, frame)
  addGateBench(bench, frame)
  addMatchBench(bench, frame, benchCore)
  frame
    .addCommand(bench, {
      name: 'path',
      summary: 'market data in to order out, through the three kernels',
      description: 'Generated traffic through the three kernels at full speed: latency of each hop and throughput.',
      examples: [
        ['bench path', 'where does the time go?'],
        ['bench path --busy-storage', 'and what does a journal that syncs and compresses all the time add?'],
      ],
    })
    .option('--repetitions <n>', 'repetitions of which the median counts', parseRepetitions, 1)
    .option('--busy-storage', 'again with a storage kernel that syncs and compresses all the time, beside an idle one')
    .action((options: BenchOptions & { busyStorage?: boolean }) =>
      frame.run(options.json === true, async (context) => {
        const { repetitions } = options
        const result = await services.benchPath({
          plan: plan(),
          repetitions,
          withBusyStorage: options.busyStorage === true,
          ...showRun(context, 'bench path'),
        })
        context.printResult(result, () => renderPathBench(result))
        return undefined
      }),
    )
  addResumeBench(bench, frame, services, plan)
}

function addBookBench(bench: Command, frame: Frame): void {
  frame
    .addCommand(bench, {
      name: 'book',
      summary: 'decode and order books, against a walk over the same bytes',
      description:
        'Decodes a raw ITCH file into price levels, then into full order queues, and walks over the same bytes for ' +
        'comparison, all in one process, on one core.',
      examples: [['bench book day.itch', 'on a file of xk generate --raw day.itch']],
    })
    .argument('<file>', 'raw ITCH 5.0 file, gzip or zstd too')
    .option('--repetitions <n>', 'repetitions of which the median counts', parseRepetitions, 7)
    .action((path: string, options: BenchOptions) =>
      frame.run(options.json === true, async (context) => {
        const result = await runInThread(context, 'benchBook', { path, rounds: options.repetitions, core: benchCore() })
        context.printResult(result, () => renderBookBench(result))
        return undefined
      }),
    )
}

const GATE_INSTRUMENTS = 500

function addGateBench(bench: Command, frame: Frame): void {
  frame
    .addCommand(bench, {
      name: 'gate',
      summary: 'what the risk gate costs an order',
      description:
        'Orders of eight strategies in 500 instruments through a full gate on one core, each verdict timed by itself.',
      examples: [['bench gate', 'two million orders']],
    })
    .option('--orders <n>', 'how many', parseOrders, 2_000_000)
    .action((options: { orders: number; json?: boolean }) =>
      frame.run(options.json === true, async (context) => {
        const { orders } = options
        const result = await runInThread(context, 'benchGate', {
          orders,
          instruments: GATE_INSTRUMENTS,
          core: benchCore(),
        })
        context.printResult(result, () => renderGateBench(result))
        return undefined
      }),
    )
}

function parseOrders(text: string): number {
  const value = Number(text.replaceAll('_', ''))
  if (!Number.isInteger(value) || value < 1000 || value > 1e9)
    throw new InvalidArgumentError('from 1,000 to 1,000,000,000.')
  return value
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../host/package-root.ts'
import { ExitCode, XkError } from '../host/xk-error.ts'
import { type BenchLaunch, RECORD_BYTES, type RoundFacts } from './plan.ts'

export interface RingBenchRequest {
  /** Cores of the two processes; the same twice where there is only one. */
  readonly cores: readonly [number, number]
  /** Rounds of which the median counts. */
  readonly rounds?: number
  readonly signal?: AbortSignal
  /** Where the two regions go for the time of the benchmark. */
  readonly root?: string
  /** Of each round; by default so many that it takes about a tenth of a second on cores of their own. */
  readonly roundTrips?: number
  readonly streamRecords?: number
}

/** Medians over the rounds; in each round the round trips come first, then the stream. */
export interface RingBenchFacts {
  /** From before a record is claimed to after the answer was read, in ns; one clock stamp included. */
  readonly roundTripNs: {
    readonly p50: number
    readonly p90: number
    readonly p99: number
    readonly p999: number
    readonly max: number
  }
  /** One way, in batches of 256; the reader checks every double. */
  readonly recordsPerSecond: number
  readonly recordBytes: number
  /** Round trip of two bare atomics, in the same rounds: what the host can do at best. */
  readonly bareRoundTripNs: number
  readonly rounds: readonly RoundFacts[]
  readonly cores: readonly [number, number]
}

const ROUNDS = 7
const ROUND_TRIPS = 200_000
const STREAM_RECORDS = 8_000_000
/** On a shared core every turn costs a switch of processes. */
const ROUND_TRIPS_SHARED = 5_000
const STREAM_RECORDS_SHARED = 1_000_000

class RingBenchError extends XkError {
  constructor(what: string) {
    super({
      code: 'ring-bench',
      what,
      next: 'look at xk regions and at what else runs on these cores, then try again',
      exitCode: ExitCode.Host,
    })
  }
}

/**
 * Measures rings between two pinned processes.
 * @throws RingBenchError when a process ends before its time
 */
export async function benchRing(request: RingBenchRequest): Promise<RingBenchFacts> {
  const { cores, rounds = ROUNDS, signal, root = '/dev/shm' } = request
  const folder = mkdtempSync(join(root, 'xk-bench-'))
  const isShared = cores[0] === cores[1]
  const paths = [join(folder, 'leader.region'), join(folder, 'follower.region')] as const
  const common = {
    isShared,
    rounds,
    roundTrips: request.roundTrips ?? (isShared ? ROUND_TRIPS_SHARED : ROUND_TRIPS),
    streamRecords: request.streamRecords ?? (isShared ? STREAM_RECORDS_SHARED : STREAM_RECORDS),
  }
  const sides = [
    new BenchProcess({ ...common, isLeader: true, own: paths[0], other: paths[1], core: cores[0] }, signal),
    new BenchProcess({ ...common, isLeader: false, own: paths[1], other: paths[0], core: cores[1] }, signal),
  ]
  try {
    const [text] = await Promise.all(sides.map((side) => side.ended))
    return summarise(JSON.parse(text!), cores)
  } finally {
    for (const side of sides) side.kill()
    await Promise.allSettled(sides.map((side) => side.ended))
    rmSync(folder, { recursive: true, force: true })
  }
}

class BenchProcess {
  /** What it printed, once it ended well. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess

  constructor(launch: BenchLaunch, signal: AbortSignal | undefined) {
    const bundle = join(findPackageRoot(), 'dist', 'ring-bench.process.js')
    const options = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) }
    const child = spawn(process.execPath, [...process.execArgv, bundle, JSON.stringify(launch)], options)
    let output = ''
    let errors = ''
    child.stdout.on('data', (text) => {
      output += text
    })
    child.stderr.on('data', (text) => {
      errors += text
    })
    this.#child = child
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, killedBy) => {
        if (code === 0) resolve(output)
        else
          reject(new RingBenchError(`a process of the ring benchmark ended with ${killedBy ?? code}: ${errors.trim()}`))
      })
    })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

function median(rounds: readonly RoundFacts[], of: (round: RoundFacts) => number): number {
  const sorted = rounds.map(of).sort((left, right) => left - right)
  return sorted[sorted.length >> 1]!
}

function summarise(rounds: readonly RoundFacts[], cores: readonly [number, number]): RingBenchFacts {
  const roundTripNs = {
    p50: median(rounds, ({ p50 }) => p50),
    p90: median(rounds, ({ p90 }) => p90),
    p99: median(rounds, ({ p99 }) => p99),
    p999: median(rounds, ({ p999 }) => p999),
    max: median(rounds, ({ max }) => max),
  }
  const recordsPerSecond = median(rounds, (round) => round.recordsPerSecond)
  const bareRoundTripNs = median(rounds, ({ bareNs }) => bareNs)
  return { roundTripNs, recordsPerSecond, recordBytes: RECORD_BYTES, bareRoundTripNs, rounds, cores }
}

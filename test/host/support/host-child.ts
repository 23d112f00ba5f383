/**
 * The other process of the host tests: `host-child MODE FACTS`, reporting by lines of JSON on stdout.
 * @module
 */
import { writeSync } from 'node:fs'
import { adoptClock, type ClockCalibration, clockFacts, StampClock } from '../../../kernels/host/clock.ts'
import { yieldCore } from '../../../kernels/host/cores.ts'
import { HostError } from '../../../kernels/host/errors.ts'
import { installFaultHandler } from '../../../kernels/host/fault.ts'
import { WaitOutcome, Word } from '../../../kernels/host/futex.ts'
import { mapOwnedRegion, mapReadOnlyRegion } from '../../../kernels/host/memory.ts'
import { becomeProcessGroupLeader, ignoreSignals, processGroup } from '../../../kernels/host/process.ts'

interface Facts {
  readonly own: string
  readonly other: string
  readonly bytes: number
  readonly takeOver: boolean
  readonly at: number
  readonly rounds: number
  readonly seed: number
  readonly calibration: ClockCalibration | null
}

const [mode = '', text = '{}'] = process.argv.slice(2)
const facts: Facts = JSON.parse(text)

function report(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`)
}

function stayUntilKilled(): void {
  process.stdin.resume()
}

/** Owns a region and says so, or says why not. */
function own(): void {
  try {
    const { created, buffer } = mapOwnedRegion(facts.own, facts.bytes, { takeOver: facts.takeOver })
    const words = new Int32Array(buffer)
    const found = words[1000]!
    words[1000] = process.pid
    report({ created, found })
    stayUntilKilled()
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    report({ errno: error.errno, code: error.code, message: error.message, exitCode: error.exitCode })
  }
}

/** Stores into memory that it may only read, with the fault handler on. */
function fault(): void {
  const region = mapOwnedRegion(facts.own, 8192)
  installFaultHandler(region.buffer, facts.at)
  const other = mapReadOnlyRegion(facts.other)
  report({ mappingIndex: other.mappingIndex })
  new Uint8Array(other.buffer)[5000] = 1
  report('survived')
}

/** Waits until the parent has shortened the file under the mapping, then reads what is gone. */
function readBeyondEnd(): void {
  const region = mapOwnedRegion(facts.own, 8192)
  installFaultHandler(region.buffer, facts.at)
  const bytes = new Uint8Array(mapReadOnlyRegion(facts.other).buffer)
  report('mapped')
  process.stdin.once('data', () => report({ survived: bytes[5000] }))
}

interface WasmConstructors {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> }
}

/** The library that the project compiles against declares WebAssembly without its values. */
const wasm: WasmConstructors = Reflect.get(globalThis, 'WebAssembly')

/** With the fault handler on, runs into a WebAssembly bounds check that V8 answers through SIGSEGV, then idles. */
function trapInWebAssembly(): void {
  const region = mapOwnedRegion(facts.own, 8192)
  installFaultHandler(region.buffer, facts.at)
  // (module (memory 1) (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
  const code = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 8, 1, 4, 108, 111, 97, 100,
    0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11,
  ]
  const { load } = new wasm.Instance(new wasm.Module(Uint8Array.from(code))).exports
  if (typeof load !== 'function') throw new Error('the module exports no function')
  try {
    load(0x7fffffff)
    report('no trap')
  } catch (error) {
    report(String(error))
  }
  stayUntilKilled()
}

/** Answers each number in the other's word with the same number in its own, asleep in between. */
function answerByFutex(): void {
  const mine = mapOwnedRegion(facts.own, 4096)
  const theirs = mapReadOnlyRegion(facts.other)
  const question = new Int32Array(theirs.buffer, 0, 1)
  const answer = new Int32Array(mine.buffer, 0, 1)
  const waits = new Word(theirs.buffer, 0)
  const wakes = new Word(mine.buffer, 0)
  let lost = 0
  let state = facts.seed
  report('ready')
  for (let round = 1; round <= facts.rounds; round++) {
    while (Atomics.load(question, 0) !== round) {
      if (waits.wait(round - 1, 10e9) === WaitOutcome.TimedOut) lost++
    }
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    for (let idle = (state >>> 16) & 1023; idle > 0; idle--) Atomics.load(question, 0)
    Atomics.store(answer, 0, round)
    wakes.wake()
  }
  report({ lost })
}

/** Stamps when its turn comes: the stamp must lie between the two that the other takes around it. */
function stampInTurn(): void {
  if (facts.calibration !== null) adoptClock(facts.calibration)
  const mine = mapOwnedRegion(facts.own, 4096)
  const theirs = mapReadOnlyRegion(facts.other)
  const clock = new StampClock(new Float64Array(mine.buffer, 64, 1))
  const turn = new Int32Array(theirs.buffer, 0, 1)
  const done = new Int32Array(mine.buffer, 0, 1)
  report(clockFacts())
  for (let round = 1; round <= facts.rounds; round++) {
    while (Atomics.load(turn, 0) !== round) yieldCore()
    clock.stamp(0)
    Atomics.store(done, 0, round)
  }
}

/** Deaf to SIGINT, in a group of its own. */
function leadGroup(): void {
  ignoreSignals(['SIGINT'])
  becomeProcessGroupLeader()
  report({ group: processGroup() })
  stayUntilKilled()
}

const modes: Record<string, () => void> = {
  own,
  fault,
  readBeyondEnd,
  trapInWebAssembly,
  answerByFutex,
  stampInTurn,
  leadGroup,
}
const run = modes[mode]
if (run === undefined) throw new Error(`host-child knows no mode "${mode}"`)
run()

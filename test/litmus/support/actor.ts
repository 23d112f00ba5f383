import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { findPackageRoot } from '../../../kernels/host/package-root.ts'
import type { NodeBinary } from './nodes.ts'

/** A process that plays one part of a litmus test. */
export class Actor {
  readonly pid: number
  /** Resolves when it ends well, with what it printed; rejects with what it complained of, unless it was killed. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  #wasKilled = false

  /** @param entry name of the bundle in dist/ */
  constructor(node: NodeBinary, entry: string, facts: object) {
    const bundle = join(findPackageRoot(), 'dist', `${entry}.process.js`)
    const child = spawn(node.path, ['--allow-natives-syntax', bundle, JSON.stringify(facts)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child = child
    this.pid = child.pid!
    let output = ''
    let errors = ''
    child.stdout.on('data', (text) => {
      output += text
    })
    child.stderr.on('data', (text) => {
      errors += text
    })
    this.ended = new Promise((resolve, reject) => {
      child.on('close', (code, signal) => {
        if (code === 0 || this.#wasKilled) resolve(output)
        else reject(new Error(`${JSON.stringify(facts)} ended with ${signal ?? code}: ${errors.trim()}`))
      })
    })
    // Whoever waits for something else meanwhile learns of it through `hasFailed`.
    this.ended.catch(() => {})
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(name)
  }

  /** Ends it at once, wherever it is. */
  async kill(): Promise<void> {
    this.#wasKilled = true
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

/** Looks every millisecond until something holds; fails when an actor that is still needed has ended. */
export async function until(holds: () => boolean, needed: readonly Actor[]): Promise<void> {
  while (!holds()) {
    for (const actor of needed) if (actor.hasEnded) await actor.ended
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** A seeded generator of whole numbers below a limit (mulberry32), for when to do harm. */
export function makeRandom(seed: number): (limit: number) => number {
  let state = seed | 0
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

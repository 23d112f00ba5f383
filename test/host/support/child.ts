import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildSync } from 'esbuild'

const root = new URL('../../..', import.meta.url).pathname
const folder = join(root, 'build', 'test')
const bundle = join(folder, `host-child-${process.pid}.mjs`)

/** Bundles host-child.ts, which Node 20 cannot run as it is. */
export function buildChild(): void {
  mkdirSync(folder, { recursive: true })
  buildSync({
    entryPoints: [join(root, 'test', 'host', 'support', 'host-child.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: bundle,
    logLevel: 'warning',
  })
}

export function removeChild(): void {
  rmSync(bundle, { force: true })
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly errors: string
}

/** A process that runs one mode of host-child.ts and reports by lines of JSON. */
export class Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ending>
  readonly #lines: string[] = []
  #wanted: ((line: string) => void) | undefined
  #errors = ''

  /** @param wrapper a command that runs what follows it, such as `unshare -rm` */
  constructor(mode: string, facts: object, wrapper: readonly string[] = []) {
    const command = [...wrapper, process.execPath, bundle, mode, JSON.stringify(facts)]
    this.process = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] })
    createInterface({ input: this.process.stdout! }).on('line', (line) => {
      if (this.#wanted === undefined) this.#lines.push(line)
      else this.#wanted(line)
      this.#wanted = undefined
    })
    this.process.stderr!.on('data', (text) => {
      this.#errors += text
    })
    this.ended = new Promise((resolve) => {
      this.process.on('close', (code, signal) => resolve({ code, signal, errors: this.#errors }))
    })
  }

  get pid(): number {
    return this.process.pid!
  }

  /** The next line that the child reports; fails when it ends instead. */
  async next<T>(): Promise<T> {
    const line = this.#lines.shift() ?? (await this.#nextLine())
    return JSON.parse(line)
  }

  async #nextLine(): Promise<string> {
    const line = new Promise<string>((resolve) => {
      this.#wanted = resolve
    })
    const ending = this.ended.then((ended) => {
      throw new Error(`the child ended instead of reporting: ${JSON.stringify(ended)}`)
    })
    return Promise.race([line, ending])
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ending> {
    this.process.kill(signal)
    return this.ended
  }
}

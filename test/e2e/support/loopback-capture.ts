import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from './run-xk.ts'

const BUFFER_MIB = 128
const WAIT_MS = 60_000
const LAST = 'the last packet that the loopback capture waits for'
const DISCARD_PORT = 9

/** Whether packets of the loopback interface can be captured and read here. */
export function canCaptureLoopback(): boolean {
  try {
    execFileSync('dumpcap', ['-i', 'lo', '-d'], { stdio: 'ignore' })
    execFileSync('tshark', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What passes over the loopback interface, written down by dumpcap. */
export class LoopbackCapture {
  readonly path: string
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #said = ''

  constructor(folder: string) {
    this.path = join(folder, 'loopback.pcapng')
    const args = ['-i', 'lo', '-q', '-B', `${BUFFER_MIB}`, '-w', this.path, '-f', 'host 127.0.0.1']
    this.#child = spawn('dumpcap', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()))
  }

  async started(): Promise<void> {
    await waitFor('dumpcap', () => (this.#said.includes('File: ') ? true : undefined), WAIT_MS)
  }

  /** Stops once a last packet, sent for that, is written down. @returns packets that were lost, as dumpcap counts them */
  async stop(): Promise<number> {
    const socket = createSocket('udp4')
    const isWritten = () => (readFileSync(this.path).includes(LAST) ? true : undefined)
    await new Promise<void>((resolve) => socket.send(LAST, DISCARD_PORT, '127.0.0.1', () => resolve()))
    await waitFor('the last packet in the capture', isWritten, WAIT_MS)
    socket.close()
    this.#child.kill('SIGINT')
    await this.#ended
    const match = /received\/dropped on interface[^:]*(?::[^:]*)?: (\d+)\/(\d+)/.exec(this.#said)
    if (match === null) throw new Error(`dumpcap says nothing of drops: ${this.#said}`)
    return Number(match[2])
  }

  /** Asks tshark for fields of the packets that a filter lets through: a row each. */
  ask(filter: string, decodeAs: readonly string[], fields: readonly string[]): string[][] {
    const columns = fields.flatMap((field) => ['-e', field])
    const text = execFileSync('tshark', ['-r', this.path, ...decodeAs, '-Y', filter, '-T', 'fields', ...columns], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
    })
    const rows = text.split('\n').filter((line) => line !== '')
    return rows.map((line) => line.split('\t'))
  }

  remove(): void {
    this.#child.kill('SIGKILL')
    rmSync(this.path, { force: true })
  }
}

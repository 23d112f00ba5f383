import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReplayResult } from '../../../appliance/run/types.ts'
import { findPackageRoot } from '../../../kernels/host/package-root.ts'
import { readCounters } from '../../../kernels/region/counters.ts'
import { closeRegion, openReadOnlyRegion } from '../../../kernels/region/shared.ts'
import { unwrapText } from '../../support/unwrap.ts'

/** What is waited for takes seconds; a machine that has other work takes its time. */
export const WAIT_MS = 60_000

/** How one `xk` ended. */
export interface XkRun {
  readonly code: number | null
  readonly stdout: string
  /** Each sentence on one line. */
  readonly stderr: string
}

/** A folder that goes with the test run. */
export function createTempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `xk-${name}-`))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

let instances = 0

/** A name that no other test uses. */
export function nextInstance(): string {
  instances++
  return `test-${process.pid}-${instances}`
}

/** Starts `xk` as a user would; the promise resolves when it has ended. */
export function startXk(
  args: readonly string[],
  folder: string,
  root = findPackageRoot(),
  input: 'ignore' | 'pipe' = 'ignore',
): { child: ChildProcess; ended: Promise<XkRun> } {
  // A rehearsal takes seconds and decides nothing; the tests that are about it ask for it.
  const isHurried = args[0] === 'replay' && !args.some((arg) => arg.includes('supervisor.rehearse'))
  const hurry = isHurried ? ['--set', 'supervisor.rehearse=false'] : []
  const child = spawn(process.execPath, [join(root, 'dist', 'xk.main.js'), ...args, ...hurry], {
    cwd: folder,
    stdio: [input, 'pipe', 'pipe'],
  })
  return { child, ended: collectRun(child) }
}

/** What a process says until it ends. */
export function collectRun(child: ChildProcess): Promise<XkRun> {
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise<XkRun>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr: unwrapText(stderr) })),
  )
}

/** Runs `xk` to its end. */
export function runXk(args: readonly string[], folder: string, root?: string): Promise<XkRun> {
  return startXk(args, folder, root).ended
}

/** Runs `xk replay … --json` to its end and reads the result. */
export async function replayJson(args: readonly string[], folder: string, root?: string): Promise<ReplayResult> {
  // The catalogue takes as long as a short run; the tests that are about it ask for it. Runs are many, and each keeps a segment.
  const hurry = ['--set', 'journal.catalogue=false', '--set', 'journal.segmentBytes=4 MiB']
  const run = await runXk(['replay', '--json', '--instance', nextInstance(), ...hurry, ...args], folder, root)
  if (!run.stdout.startsWith('{')) throw new Error(`xk replay ended with ${run.code}: ${run.stderr}`)
  return JSON.parse(run.stdout) as ReplayResult
}

/** Process id of a kernel of an instance. */
export function findKernelPid(instance: string, kernel: string): number | undefined {
  try {
    const pattern = `dist/${kernel}.process.js /dev/shm/xk-${instance}/`
    const text = execFileSync('pgrep', ['-f', pattern], { encoding: 'utf8' })
    return Number(text.trim().split('\n')[0])
  } catch {
    return undefined
  }
}

/**
 * Waits until something is there. What takes long on a busy machine is for the test's own deadline to judge: this one only names
 * what was awaited where a test has more time.
 * @throws after the deadline
 */
export async function waitFor<T>(what: string, look: () => T | undefined, timeoutMs = WAIT_MS): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Waits until an instance has published so many inbound records: everything runs by then. */
export async function waitForRecords(instance: string, records: number, timeoutMs?: number): Promise<void> {
  const look = () => {
    try {
      const io = openReadOnlyRegion(`/dev/shm/xk-${instance}/io.region`)
      const { inboundRecords } = readCounters(io.buffer, io.offsetOf('counters'))
      closeRegion(io)
      return (inboundRecords ?? 0) >= records ? true : undefined
    } catch {
      return undefined // not there, or not formatted, yet
    }
  }
  await waitFor(`${records} inbound records`, look, timeoutMs)
}

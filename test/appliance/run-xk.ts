import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { unwrapText } from '../support/unwrap.ts'

export const PROJECT_ROOT = new URL('../..', import.meta.url).pathname
const XK_PATH = join(PROJECT_ROOT, 'dist', 'xk.main.js')

export interface XkRun {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  /** Each sentence on one line. */
  readonly stderr: string
  /** As it came: within 100 columns. */
  readonly rawStderr: string
}

export interface XkSettings {
  readonly cwd?: string
  readonly env?: Record<string, string>
  /** Called once the process runs, to signal it. */
  readonly whileRunning?: (child: ChildProcess) => void
}

/** Runs the built `xk` and waits for its end; it is killed after 25 s, so that a hang fails the test by its signal. */
export function runXk(args: readonly string[], settings: XkSettings = {}): Promise<XkRun> {
  if (!existsSync(XK_PATH)) throw new Error('the command is not built: npm run build')
  const child = spawn(process.execPath, [XK_PATH, ...args], {
    cwd: settings.cwd ?? PROJECT_ROOT,
    env: { ...process.env, NO_COLOR: '', XK_DEBUG: '', ...settings.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 25_000,
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  settings.whileRunning?.(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, signal, stdout, stderr: unwrapText(stderr), rawStderr: stderr }),
    )
  })
}

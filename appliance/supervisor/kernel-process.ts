import { type ChildProcess, spawn } from 'node:child_process'
import { closePidfd, openPidfd, pidfdExited } from '../../kernels/host/process.ts'
import type { KernelExit } from '../../kernels/loop/kernel-error.ts'
import type { KernelName } from '../../kernels/loop/regions.ts'

const STDERR_CHARACTERS_MAX = 4000

/** One kernel's operating-system process, watched through a pidfd. */
export class KernelProcess {
  readonly kernel: KernelName
  readonly pid: number
  /** Resolves once the process is gone. */
  readonly exited: Promise<KernelExit>
  /** The last of what it wrote to standard error. */
  stderrTail = ''
  readonly #child: ChildProcess
  #pidfd: number

  private constructor(kernel: KernelName, child: ChildProcess, onExit: () => void) {
    this.kernel = kernel
    this.#child = child
    this.pid = child.pid!
    this.#pidfd = openPidfd(this.pid)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_CHARACTERS_MAX)
    })
    child.once('exit', onExit)
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        closePidfd(this.#pidfd)
        this.#pidfd = -1
        resolve({ code, signal })
      })
    })
  }

  /**
   * Starts a kernel in a process group of its own, so that a terminal's SIGINT reaches the supervisor alone.
   * @param script the kernel's bundle
   * @param onExit called once it is gone
   */
  static start(kernel: KernelName, script: string, launchPath: string, onExit: () => void): KernelProcess {
    const child = spawn(process.execPath, [script, launchPath], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    if (child.pid === undefined) throw new Error(`the ${kernel} kernel could not be started: ${script}`)
    return new KernelProcess(kernel, child, onExit)
  }

  /** Whether the process is gone, by its pidfd: known at once, before the runtime has been told. */
  hasExited(): boolean {
    return this.#pidfd < 0 || pidfdExited(this.#pidfd)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

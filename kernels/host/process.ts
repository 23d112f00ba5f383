import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { hostAddon } from './addon.ts'
import { requireInteger } from './arguments.ts'
import { HostError, requireSuccess } from './errors.ts'

/** Of a stat file, behind the process's number and command. */
const FIRST_FIELD = 3
const TICK_MS = 10

export type SignalName = keyof typeof constants.signals

/**
 * Makes the process deaf to signals, such as the SIGINT that a terminal sends to a whole group.
 * @throws HostError EINVAL: SIGKILL and SIGSTOP cannot be ignored
 */
export function ignoreSignals(signals: readonly SignalName[]): void {
  for (const signal of signals) {
    const explain = () => ({ call: 'sigaction', attempted: `ignore ${signal}` })
    requireSuccess(hostAddon().ignoreSignal(constants.signals[signal]), explain)
  }
}

/**
 * Puts this process into a group of its own, out of reach of the terminal's signals; no effect when it already leads one.
 * @throws HostError
 */
export function becomeProcessGroupLeader(): void {
  const explain = () => ({ call: 'setpgid', attempted: 'lead a process group' })
  if (processGroup() === process.pid) return
  requireSuccess(hostAddon().setProcessGroup(0, 0), explain)
}

/**
 * Puts this process into a new session, without a terminal.
 * @returns the session's id
 * @throws HostError EPERM: it already leads a process group
 */
export function startSession(): number {
  return requireSuccess(hostAddon().startSession(), () => ({ call: 'setsid', attempted: 'start a session' }))
}

/** @throws HostError ESRCH: no such process */
export function processGroup(pid = 0): number {
  requireInteger('pid', pid, 0)
  const explain = () => ({ call: 'getpgid', attempted: `read the group of process ${pid}` })
  return requireSuccess(hostAddon().processGroup(pid), explain)
}

/**
 * Opens a descriptor of a process: it keeps meaning this one when its number is used again.
 * @throws HostError ESRCH: no such process
 */
export function openPidfd(pid: number): number {
  requireInteger('pid', pid, 1)
  const explain = () => ({ call: 'pidfd_open', attempted: `open process ${pid}` })
  return requireSuccess(hostAddon().openPidfd(pid), explain)
}

/**
 * Whether the process has ended, reaped or not.
 * @param timeoutMs how long to wait for it, 0 not at all; blocks the thread, a signal ends the wait early
 * @throws HostError EBADF: no open descriptor
 */
export function pidfdExited(pidfd: number, timeoutMs = 0): boolean {
  requireInteger('timeoutMs', timeoutMs, 0, 0x7fffffff)
  const outcome = hostAddon().pollReadable(pidfd, timeoutMs)
  if (outcome === -constants.errno.EINTR) return false
  return requireSuccess(outcome, () => ({ call: 'poll', attempted: 'watch a process' })) > 0
}

/**
 * Sends a signal to exactly this process.
 * @returns false when it has ended
 * @throws HostError EPERM: it belongs to another user
 */
export function signalPidfd(pidfd: number, signal: SignalName): boolean {
  const outcome = hostAddon().signalPidfd(pidfd, constants.signals[signal])
  if (outcome === -constants.errno.ESRCH) return false
  requireSuccess(outcome, () => ({ call: 'pidfd_send_signal', attempted: `send ${signal} to a process` }))
  return true
}

/** @throws HostError EBADF: no open descriptor */
export function closePidfd(pidfd: number): void {
  const explain = () => ({ call: 'close', attempted: 'close the descriptor of a process' })
  requireSuccess(hostAddon().closeDescriptor(pidfd), explain)
}

/**
 * When a process started, in clock ticks since boot: with its number it names one process for good. Field 22 of
 * /proc/<pid>/stat (proc(5)).
 * @returns undefined when there is no such process
 */
export function processStartTicks(pid: number): number | undefined {
  const startTicks = readStatFields(pid, `/proc/${pid}/stat`)?.[22 - FIRST_FIELD]
  return Number.isSafeInteger(startTicks) ? startTicks : undefined
}

/**
 * For how many milliseconds the main thread of a process has computed, to ten: fields 14 and 15 of its own stat (proc(5)), in
 * hundredths of a second (time(7), USER_HZ).
 * @returns undefined when there is no such process
 */
export function mainThreadComputedMs(pid: number): number | undefined {
  const fields = readStatFields(pid, `/proc/${pid}/task/${pid}/stat`)
  return fields && (fields[14 - FIRST_FIELD]! + fields[15 - FIRST_FIELD]!) * TICK_MS
}

/** The fields from the third on, counted from behind the command, which may hold spaces and brackets; undefined for no process. */
function readStatFields(pid: number, path: string): readonly number[] | undefined {
  requireInteger('pid', pid, 1)
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (cause) {
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO'
    if (errno === 'ENOENT' || errno === 'ESRCH') return undefined
    throw new HostError({ call: 'read', errno, attempted: 'read the state of a process', where: path })
  }
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
}

/** Whether the process that had this number at that start time is still there; a zombie is. */
export function isProcessAlive(pid: number, startTicks: number): boolean {
  return processStartTicks(pid) === startTicks
}

import { readdirSync } from 'node:fs'
import { hostAddon } from './addon.ts'
import { requireInteger } from './arguments.ts'
import { HostError, requireSuccess } from './errors.ts'

/** Scheduling policies by their numbers in sched(7). */
export enum SchedulerPolicy {
  Other = 0,
  Fifo = 1,
  RoundRobin = 2,
  Batch = 3,
  Idle = 5,
}

export interface Scheduling {
  readonly policy: SchedulerPolicy
  /** As the kernel names it: `SCHED_FIFO`. */
  readonly policyName: string
  /** 1 to 99 for real-time policies, else 0. */
  readonly priority: number
}

const policyNames: Record<number, string> = {
  [SchedulerPolicy.Other]: 'SCHED_OTHER',
  [SchedulerPolicy.Fifo]: 'SCHED_FIFO',
  [SchedulerPolicy.RoundRobin]: 'SCHED_RR',
  [SchedulerPolicy.Batch]: 'SCHED_BATCH',
  [SchedulerPolicy.Idle]: 'SCHED_IDLE',
}

/** Set in the value that sched_getscheduler returns when children do not inherit the policy. */
const SCHED_RESET_ON_FORK = 0x40000000

/** Cores that one call can name (CPU_SETSIZE of the C library). */
const CORES_MAX = 1024

/**
 * Lets a thread run on these cores only.
 * @param tid 0 for the calling thread
 * @throws HostError EINVAL: none of the cores is there or allowed by the cpuset. ESRCH: the thread has ended.
 */
export function pinThread(cores: readonly number[], tid = 0): void {
  requireInteger('tid', tid, 0)
  for (const core of cores) requireInteger('core', core, 0, CORES_MAX - 1)
  requireSuccess(hostAddon().setAffinity(tid, cores), (errno) => ({
    call: 'sched_setaffinity',
    attempted: `pin ${tid === 0 ? 'this thread' : `thread ${tid}`} to core ${cores.join(', ')}`,
    ...(errno === 'EINVAL' ? { next: `this process may use core ${availableCoresText()}` } : {}),
  }))
}

/**
 * Lets all threads that the process has now, its helper threads too, run on these cores only.
 * @param except thread ids to leave alone, such as the pinned one of a kernel
 * @returns the ids of the threads that were pinned
 * @throws HostError
 */
export function pinProcess(cores: readonly number[], { except = [] }: { readonly except?: readonly number[] } = {}) {
  const pinned: number[] = []
  for (const name of readdirSync('/proc/self/task')) {
    const tid = Number(name)
    if (except.includes(tid)) continue
    try {
      pinThread(cores, tid)
      pinned.push(tid)
    } catch (error) {
      // Ended since it was listed.
      if (!(error instanceof HostError) || error.errno !== 'ESRCH') throw error
    }
  }
  return pinned
}

/**
 * The cores on which a thread may run, ascending.
 * @throws HostError ESRCH: the thread has ended
 */
export function threadCores(tid = 0): number[] {
  requireInteger('tid', tid, 0)
  const cores = hostAddon().getAffinity(tid)
  if (typeof cores !== 'number') return cores
  requireSuccess(cores, () => ({ call: 'sched_getaffinity', attempted: 'read the cores of a thread' }))
  return []
}

/**
 * Sets how the kernel schedules a thread.
 * @param priority 1 to 99 for a real-time policy, 0 for the others
 * @throws HostError EPERM: the user's real-time priority limit is too low
 */
export function setScheduler(policy: SchedulerPolicy, priority = 0, tid = 0): void {
  requireInteger('priority', priority, 0, 99)
  requireInteger('tid', tid, 0)
  requireSuccess(hostAddon().setScheduler(tid, policy, priority), (errno) => ({
    call: 'sched_setscheduler',
    attempted: `set ${policyNames[policy]} with priority ${priority}`,
    ...(errno === 'EPERM'
      ? { next: `allow it with a line "USER - rtprio ${priority}" in /etc/security/limits.conf, or with CAP_SYS_NICE` }
      : {}),
  }))
}

/** @throws HostError ESRCH: the thread has ended */
export function getScheduler(tid = 0): Scheduling {
  requireInteger('tid', tid, 0)
  const addon = hostAddon()
  const explain = () => ({ call: 'sched_getscheduler', attempted: `read the scheduling of thread ${tid}` })
  const policy: SchedulerPolicy = requireSuccess(addon.schedulerPolicy(tid), explain) & ~SCHED_RESET_ON_FORK
  const priority = requireSuccess(addon.schedulerPriority(tid), explain)
  return { policy, policyName: policyNames[policy] ?? `policy ${policy}`, priority }
}

/**
 * Keeps all memory that the process has mapped (with `future`: and will map) from being swapped out.
 * @throws HostError ENOMEM or EPERM: the limit of locked memory is too low
 */
export function lockMemory({ future = false }: { readonly future?: boolean } = {}): void {
  requireSuccess(hostAddon().lockMemory(future), (errno) => ({
    call: 'mlockall',
    attempted: 'lock the memory of this process',
    ...(errno === 'ENOMEM' || errno === 'EPERM'
      ? { next: 'raise it with a line "USER - memlock unlimited" in /etc/security/limits.conf, or with CAP_IPC_LOCK' }
      : {}),
  }))
}

/** @throws HostError */
export function unlockMemory(): void {
  requireSuccess(hostAddon().unlockMemory(), () => ({ call: 'munlockall', attempted: 'unlock memory' }))
}

/** Lets another runnable thread of this core go first. For hot loops: takes nothing, returns nothing. */
export function yieldCore(): void {
  hostAddon().yieldCore()
}

/** The core on which the calling thread runs at this moment. */
export function currentCore(): number {
  return requireSuccess(hostAddon().currentCore(), () => ({ call: 'getcpu', attempted: 'read the current core' }))
}

/** The kernel's id of the calling thread. */
export function currentThreadId(): number {
  return hostAddon().currentThreadId()
}

function availableCoresText(): string {
  return threadCores().join(', ')
}

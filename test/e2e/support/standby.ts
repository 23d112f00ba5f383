import { kill } from 'node:process'
import { StandbyState } from '../../../kernels/loop/regions.ts'
import { readCounters } from '../../../kernels/region/counters.ts'
import { RegionState } from '../../../kernels/region/layout.ts'
import { closeRegion, openReadOnlyRegion } from '../../../kernels/region/shared.ts'
import { findKernelPid, waitFor } from './run-xk.ts'

/** What is waited for takes a second; a machine that has other work takes its time. */
const PATIENCE_MS = 100_000

/* Real processes: the strategy kernel of an instance is whoever owns its region, whatever the process was started as. */

interface Owner {
  readonly pid: number
  readonly state: RegionState
  readonly counters: Readonly<Record<string, number>>
}

function readOwner(instance: string, kernel: 'strategy' | 'standby'): Owner | undefined {
  try {
    const region = openReadOnlyRegion(`/dev/shm/xk-${instance}/${kernel}.region`)
    const counters = readCounters(region.buffer, region.offsetOf('counters'))
    const owner = { pid: region.ownerPid, state: region.state, counters }
    closeRegion(region)
    return owner
  } catch {
    return undefined // not there, or not formatted, yet
  }
}

/** Waits until a standby may take over. @param besides process of one that has taken over, and whose region may still be there */
export async function waitForStandby(instance: string, besides?: number): Promise<number> {
  const look = () => {
    const owner = readOwner(instance, 'standby')
    const isReady = owner?.state === RegionState.Running && owner.counters.state === StandbyState.Level
    return isReady && owner.pid !== besides ? owner.pid : undefined
  }
  return waitFor('a standby that is level', look, PATIENCE_MS)
}

/** Stops the I/O kernel while something is done that takes as long as it takes: the session does not end meanwhile. */
export async function holdFeed(instance: string, work: () => Promise<void>): Promise<void> {
  const pid = findKernelPid(instance, 'io')!
  kill(pid, 'SIGSTOP')
  try {
    await work()
  } finally {
    kill(pid, 'SIGCONT')
  }
}

/** Kills whoever is the strategy kernel with -9 and waits until another process runs in its place. @returns that one's pid */
export async function killStrategy(instance: string): Promise<number> {
  const { pid } = readOwner(instance, 'strategy')!
  kill(pid, 'SIGKILL')
  const look = () => {
    const owner = readOwner(instance, 'strategy')
    return owner?.state === RegionState.Running && owner.pid !== pid ? owner.pid : undefined
  }
  return waitFor('the strategy kernel’s successor', look, PATIENCE_MS)
}

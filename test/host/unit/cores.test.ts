import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  currentCore,
  currentThreadId,
  getScheduler,
  lockMemory,
  pinProcess,
  pinThread,
  SchedulerPolicy,
  setScheduler,
  threadCores,
  unlockMemory,
  yieldCore,
} from '../../../kernels/host/cores.ts'
import { HostError } from '../../../kernels/host/errors.ts'
import { thrownBy } from '../support/folder.ts'

/** What the kernel says of a thread of this process. */
function allowedList(tid: number): string {
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/self/task/${tid}/status`, 'utf8'))![1]!
}

test('A pinned thread runs on its core, others where they were', () => {
  const before = threadCores()
  const core = before.at(-1)!
  pinThread([core])
  expect(threadCores()).toEqual([core])
  expect(currentCore()).toBe(core)
  expect(allowedList(currentThreadId())).toBe(String(core))
  pinThread(before)
  expect(threadCores()).toEqual(before)
})

test('All threads of the process but the excepted are pinned', () => {
  const before = threadCores()
  const core = before[0]!
  const self = currentThreadId()
  const pinned = pinProcess([core], { except: [self] })
  expect(pinned.length).toBeGreaterThan(0)
  expect(pinned).not.toContain(self)
  for (const tid of pinned) expect(allowedList(tid)).toBe(String(core))
  expect(threadCores()).toEqual(before)
  for (const tid of pinned) pinThread(before, tid)
})

test('A core that is not there is an error that names the ones that are', () => {
  const error = thrownBy(() => pinThread([1023]))
  expect(error).toMatchObject({ errno: 'EINVAL', call: 'sched_setaffinity' })
  expect(String(error)).toContain(`may use core ${threadCores().join(', ')}`)
  expect(() => pinThread([-1])).toThrow(RangeError)
  expect(() => pinThread([5000])).toThrow(RangeError)
  expect(thrownBy(() => threadCores(2 ** 22 + 1))).toMatchObject({ errno: 'ESRCH' })
})

test('Real-time scheduling is set, or refused with what to do', () => {
  expect(getScheduler()).toEqual({ policy: SchedulerPolicy.Other, policyName: 'SCHED_OTHER', priority: 0 })
  const error = thrownBy(() => setScheduler(SchedulerPolicy.Fifo, 5))
  if (error === undefined) {
    expect(getScheduler()).toEqual({ policy: SchedulerPolicy.Fifo, policyName: 'SCHED_FIFO', priority: 5 })
    setScheduler(SchedulerPolicy.Other)
    expect(getScheduler().policy).toBe(SchedulerPolicy.Other)
  } else {
    expect(error).toMatchObject({ errno: 'EPERM', next: expect.stringContaining('rtprio') })
  }
  expect(thrownBy(() => setScheduler(SchedulerPolicy.Fifo, 0))).toMatchObject({ errno: 'EINVAL' })
})

test('Memory is locked, or refused with what to do', () => {
  const error = thrownBy(() => lockMemory())
  if (error === undefined) unlockMemory()
  else {
    expect(error).toBeInstanceOf(HostError)
    expect(error).toMatchObject({ next: expect.stringContaining('memlock') })
  }
})

test('Yielding returns', () => {
  expect(yieldCore()).toBeUndefined()
})

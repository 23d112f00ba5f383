import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  closePidfd,
  ignoreSignals,
  isProcessAlive,
  mainThreadComputedMs,
  openPidfd,
  pidfdExited,
  processStartTicks,
  signalPidfd,
} from '../../../kernels/host/process.ts'
import { buildChild, Child, removeChild } from '../support/child.ts'
import { thrownBy } from '../support/folder.ts'

beforeAll(buildChild)
afterAll(removeChild)

test('A pidfd sees kill -9, before and after the process is reaped', async () => {
  const child = new Child('leadGroup', {})
  await child.next()
  const pidfd = openPidfd(child.pid)
  expect(pidfdExited(pidfd)).toBe(false)
  expect(signalPidfd(pidfd, 'SIGKILL')).toBe(true)
  // Blocks this thread, so that Node cannot have reaped the child yet.
  expect(pidfdExited(pidfd, 10_000)).toBe(true)
  expect((await child.ended).signal).toBe('SIGKILL')
  expect(pidfdExited(pidfd)).toBe(true)
  expect(signalPidfd(pidfd, 'SIGKILL')).toBe(false)
  closePidfd(pidfd)
  expect(thrownBy(() => pidfdExited(pidfd))).toMatchObject({ errno: 'EBADF' })
  expect(thrownBy(() => closePidfd(pidfd))).toMatchObject({ errno: 'EBADF' })
})

test('A process in a group of its own that ignores SIGINT lives on, and still ends by SIGTERM', async () => {
  const child = new Child('leadGroup', {})
  expect(await child.next()).toEqual({ group: child.pid })
  const pidfd = openPidfd(child.pid)
  signalPidfd(pidfd, 'SIGINT')
  expect(pidfdExited(pidfd, 100)).toBe(false)
  signalPidfd(pidfd, 'SIGTERM')
  expect((await child.ended).signal).toBe('SIGTERM')
  closePidfd(pidfd)
})

test('Number and start time name one process', async () => {
  const child = new Child('leadGroup', {})
  await child.next()
  const startTicks = processStartTicks(child.pid)!
  expect(startTicks).toBeGreaterThanOrEqual(processStartTicks(process.pid)!)
  expect(isProcessAlive(child.pid, startTicks)).toBe(true)
  expect(isProcessAlive(child.pid, startTicks - 1)).toBe(false)
  await child.kill()
  expect(processStartTicks(child.pid)).toBeUndefined()
  expect(isProcessAlive(child.pid, startTicks)).toBe(false)
})

test('A process that is not there, or a signal that cannot be ignored, is an error', () => {
  expect(thrownBy(() => openPidfd(2 ** 22 + 1))).toMatchObject({ call: 'pidfd_open' })
  expect(thrownBy(() => ignoreSignals(['SIGKILL']))).toMatchObject({ errno: 'EINVAL', call: 'sigaction' })
})

test('What a main thread computes is counted, and its waits are not', { timeout: 60_000 }, async () => {
  const busy = spawn(process.execPath, ['-e', 'for (;;);'])
  const idle = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log("waits")'])
  await once(idle.stdout, 'data')
  const before = mainThreadComputedMs(idle.pid!)!
  while (mainThreadComputedMs(busy.pid!)! < 1_000);
  expect(mainThreadComputedMs(idle.pid!)! - before).toBeLessThan(500)
  const exits = [busy, idle].map((child) => once(child, 'exit'))
  for (const child of [busy, idle]) child.kill('SIGKILL')
  await Promise.all(exits)
  expect(mainThreadComputedMs(busy.pid!)).toBeUndefined()
})

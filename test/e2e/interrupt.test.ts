import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { createTempFolder, findKernelPid, nextInstance, replayJson, startXk, waitFor } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

const folder = createTempFolder('interrupt')
let day = ''
beforeAll(async () => {
  day = await writeSampleDay(folder, 60_000)
})

test('SIGINT while the kernels prepare ends at once and leaves nothing', { timeout: 60_000 }, async () => {
  const instance = nextInstance()
  const args = ['replay', day, '--instance', instance, '--set', 'supervisor.rehearse=true']
  const { child, ended } = startXk(args, folder)
  await waitFor('the strategy kernel', () => findKernelPid(instance, 'strategy'))
  child.kill('SIGINT')
  const run = await ended
  expect(run.code).toBe(130)
  expect(run.stdout).toBe('')
  expect(run.stderr).toBe('xk: stopped by SIGINT\n')
  expect(existsSync(`/dev/shm/xk-${instance}`)).toBe(false)
  expect(existsSync(join(folder, '.xk', 'journal', `${instance}-1`))).toBe(false)
  expect(findKernelPid(instance, 'strategy')).toBeUndefined()
})

test('a dump ends quietly when its reader has seen enough', { timeout: 60_000 }, async () => {
  const { journal, inbound } = await replayJson([day, '--layout', 'inline'], folder)
  expect(inbound.records).toBeGreaterThan(50_000)
  const xk = `"${process.execPath}" "${join(findPackageRoot(), 'dist', 'xk.main.js')}"`
  const line = `${xk} journal dump "${journal.path}" | head -n 2; echo "code \${PIPESTATUS[0]}"`
  const run = spawnSync('bash', ['-c', line], { encoding: 'utf8', timeout: 50_000 })
  expect(run.stderr).toBe('')
  expect(run.stdout.split('\n')).toHaveLength(4)
  expect(run.stdout).toMatch(/sessionStart.*\n.*\ncode 0\n$/)
})

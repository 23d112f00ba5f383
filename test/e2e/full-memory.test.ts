import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { createTempFolder, nextInstance } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/* File systems that are full, really: small ones, mounted in a name space of the test's own. */

const folder = createTempFolder('full')
const mountPoint = join(folder, 'small')
const xk = join(findPackageRoot(), 'dist', 'xk.main.js')
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
if (!canMount) console.log('skipped: small file systems cannot be mounted here (unshare -rm)')
let day = ''

beforeAll(async () => {
  mkdirSync(mountPoint)
  day = await writeSampleDay(folder, 15_000)
})

/** Runs shell commands where `mountPoint` is a file system of `size`. */
function runMounted(target: string, size: string, commands: string) {
  const script = `mount -t tmpfs -o size=${size} tmpfs '${target}' && ${commands}`
  return spawnSync('unshare', ['-rm', 'sh', '-c', script], { encoding: 'utf8', timeout: 60_000 })
}

const replay = (args: string) =>
  `'${process.execPath}' '${xk}' replay '${day}' --instance ${nextInstance()} --set supervisor.rehearse=false ${args}`

/** Nothing looks after the disk, and nothing but the journal is written. */
const UNGUARDED = '--set journal.diskHaltBytes=0 --set journal.diskWarnBytes=0 --set journal.catalogue=false'

describe.skipIf(!canMount)('a full disk', { timeout: 90_000 }, () => {
  test('from the start: how much there is and what to do', () => {
    const run = runMounted(mountPoint, '1m', replay(`--layout inline --journal '${mountPoint}'`))
    expect(run.status).toBe(4)
    expect(run.stderr).toMatch(/xk: the journal cannot be .*ENOSPC/)
    expect(run.stderr).not.toMatch(/\n\s+at /)
  })

  test.each(['inline', 'processes'])('in the middle of a run: the journal verifies up to there (%s)', (layout) => {
    const args = `--layout ${layout} --journal '${mountPoint}' --set journal.segmentBytes='256 KiB' ${UNGUARDED}`
    const verify = `'${process.execPath}' '${xk}' journal verify '${mountPoint}'/*; echo "verified $?"`
    const run = runMounted(mountPoint, '1m', `${replay(args)}; echo "ended $?"; ${verify}`)
    expect(run.stderr).toMatch(/ENOSPC/)
    expect(run.stderr).not.toMatch(/\n\s+at /)
    expect(run.stdout).toContain('ended 4')
    expect(run.stdout).toContain('verified 0')
  })
})

test.skipIf(!canMount)('a shared memory that is too small: how much was needed, and what frees some', () => {
  const run = runMounted('/dev/shm', '4m', replay(''))
  expect(run.status).toBe(4)
  expect(run.stderr).toMatch(/xk: .*region/)
  expect(run.stderr).toMatch(/next: .*bytes are free/)
  expect(run.stderr).not.toMatch(/\n\s+at /)
})

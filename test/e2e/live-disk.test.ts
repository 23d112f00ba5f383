import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LiveResult } from '../../appliance/run/live-types.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { tradeUntilItEnds } from './support/live-box.ts'
import { collectRun, createTempFolder } from './support/run-xk.ts'

/* The disk of the journal fills up while the appliance trades with the exchange in a box. */

const folder = createTempFolder('live-disk')
const disk = join(folder, 'disk')
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
if (!canMount) console.log('skipped: small file systems cannot be mounted here (unshare -rm)')

/** Starts the appliance where `disk` is a small file system, which goes with it. */
function startOnDisk(args: readonly string[]) {
  const script = `mount -t tmpfs -o size=4m tmpfs '${disk}' && exec "$@"`
  const command = [process.execPath, join(findPackageRoot(), 'dist', 'xk.main.js'), ...args]
  const child = spawn('unshare', ['-rm', 'sh', '-c', script, 'sh', ...command], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { child, ended: collectRun(child) }
}

/** Takes all that is free on the disk, as the process sees it. */
function fillDisk(pid: number): void {
  const there = `/proc/${pid}/root${disk}`
  expect(readdirSync(there)).toHaveLength(1)
  const ballast = openSync(join(there, 'ballast'), 'w')
  const block = Buffer.alloc(4096, 1)
  try {
    for (;;) writeSync(ballast, block)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  } finally {
    closeSync(ballast)
  }
}

test.skipIf(!canMount)(
  'a journal that fails halts trading: nothing is left at the venue, and the end says why',
  {
    timeout: 180_000,
  },
  async () => {
    mkdirSync(disk)
    const small = [`journal.folder=${disk}`, 'journal.segmentBytes=65536', 'journal.catalogue=false']
    const unguarded = ['journal.diskHaltBytes=0', 'journal.diskWarnBytes=0']
    const { run, venue } = await tradeUntilItEnds(startOnDisk, [...small, ...unguarded], fillDisk)
    expect(run.code, run.stderr).toBe(4)
    expect(run.stderr).toMatch(/ENOSPC/)
    expect(run.stderr).not.toMatch(/\n\s+at /)
    expect(venue.orders.length).toBeGreaterThan(10)
    const open = venue.orders.filter(({ stage }) => stage === 'Entered' || stage === 'Live')
    expect(open).toEqual([])
    const result = JSON.parse(run.stdout) as LiveResult
    expect(result.exitCode).toBe(4)
    expect(result.live!.halts.storageFailed).toBe(1)
    expect(result.live!.openOrders).toBe(0)
  },
)

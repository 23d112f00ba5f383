import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LiveResult } from '../../appliance/run/live-types.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { StoragePosition } from '../../kernels/loop/storage-positions.ts'
import { closeRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'
import type { JournalFacts } from '../../storage/journal/facts.ts'
import { erringExt4, type FailingDisk, smallTmpfs, thinExt4, whyNotMounted } from './support/failing-disk.ts'
import { tradeUntilItEnds, waitForRequests } from './support/live-box.ts'
import { collectRun } from './support/run-xk.ts'

/* The disk of the journal fails while the appliance trades with the exchange in a box. */

/** Starts the appliance where the disk is mounted, and has the journal verified there when it has ended; its exit code is the session's. */
function startOn({ folder, mount, mountAgain, unshare }: FailingDisk, args: readonly string[]) {
  const verify = (to: string) => `"$0" "$1" journal verify --json disk/test-* > ${to}`
  const again = mountAgain === '' ? '' : `${mountAgain} && ${verify('kept.json')}`
  const script = `${mount} && { "$0" "$@"; code=$?; ${verify('held.json')}; ${again}\nexit $code; }`
  const xk = join(findPackageRoot(), 'dist', 'xk.main.js')
  const command = [unshare, 'sh', '-c', script, process.execPath, xk, ...args]
  const child = spawn('unshare', command, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  return { child, ended: collectRun(child) }
}

/** A remount is refused as long as a segment is open for writing, and nobody notices. */
function remountReadOnly(pid: number, { unshare, disk }: FailingDisk): void {
  const namespaces = unshare === '-m' ? ['-m'] : ['-m', '-U', '--preserve-credentials']
  const args = ['-t', String(pid), ...namespaces, 'mount', '-o', 'remount,ro', disk]
  const { stderr } = spawnSync('nsenter', args, { encoding: 'utf8' })
  expect(stderr).toMatch(/busy/)
}

/** Last inbound record that the storage kernel called durable; what it left in memory goes. */
function takeDurable(instance: string): number {
  const path = `/dev/shm/xk-${instance}`
  const storage = openReadOnlyRegion(join(path, 'storage.region'))
  const durable = storage.viewDoubles('positions')[StoragePosition.DurableInbound]!
  closeRegion(storage)
  rmSync(path, { recursive: true })
  return durable
}

const DISKS = [
  ['a tmpfs that fills up', smallTmpfs(), /ENOSPC/],
  // A write, or a sync that was under way.
  ['an ext4 that turns read-only', erringExt4(), /EROFS|EIO/],
  ['a device that has promised more than it has', thinExt4(), /ENOSPC|EROFS|EIO/],
] as const

for (const [what, disk, refusal] of DISKS) {
  const whyNot = whyNotMounted(disk)
  if (whyNot !== '') console.log(`skipped: ${what} cannot be mounted here: ${whyNot}`)
  test.skipIf(whyNot !== '')(
    `${what} halts trading: nothing is left at the venue, the end says why, the journal is whole up to there`,
    { timeout: 180_000 },
    async () => {
      const small = [`journal.folder=${disk.disk}`, 'journal.segmentBytes=65536']
      const unguarded = ['journal.diskHaltBytes=0', 'journal.diskWarnBytes=0']
      let session = ''
      const fail = async (pid: number, instance: string) => {
        session = instance
        remountReadOnly(pid, disk)
        await waitForRequests(instance, 5)
        disk.fail(pid)
      }
      const start = (args: readonly string[]) => startOn(disk, args)
      const { run, venue } = await tradeUntilItEnds(start, [...small, ...unguarded], fail)
      expect(run.code, run.stderr).toBe(4)
      expect(run.stderr).toMatch(refusal)
      expect(run.stderr).not.toMatch(/\n\s+at /)
      expect(venue.orders.length).toBeGreaterThan(10)
      const open = venue.orders.filter(({ stage }) => stage === 'Entered' || stage === 'Live')
      expect(open).toEqual([])
      const result = JSON.parse(run.stdout) as LiveResult
      expect(result.exitCode).toBe(4)
      expect(result.live!.halts.storageFailed).toBe(1)
      expect(result.live!.openOrders).toBe(0)
      const durable = takeDurable(session)
      expect(durable).toBeGreaterThan(0)
      for (const name of disk.mountAgain === '' ? ['held.json'] : ['held.json', 'kept.json']) {
        const facts = JSON.parse(readFileSync(join(disk.folder, name), 'utf8')) as JournalFacts
        expect(facts.damage, name).toEqual([])
        expect(facts.inbound.lastSequence, name).toBeGreaterThanOrEqual(durable)
      }
    },
  )
}

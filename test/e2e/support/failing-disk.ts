import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createTempFolder } from './run-xk.ts'

/*
 * Small file systems that fail, really. Each is mounted in a namespace of its own, and goes with the processes in it.
 */

/** A small file system at `disk` in a folder of its own, in which its shell commands run. */
export interface FailingDisk {
  readonly folder: string
  readonly disk: string
  /** Flags of unshare(1): anybody is root enough for a tmpfs, only the host's root for a device. */
  readonly unshare: string
  readonly mount: string
  /** Mounts it afresh, without what only memory held; empty where nothing would be left. */
  readonly mountAgain: string
  /** @param pid of a process that has it mounted */
  fail(pid: number): void
}

function prepare(name: string) {
  const folder = createTempFolder(name)
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  return { folder, disk }
}

/** Takes all that is free where a process sees a path. */
function fillUp(pid: number, path: string): void {
  const ballast = openSync(`/proc/${pid}/root${path}`, 'w')
  const block = Buffer.alloc(4096, 1)
  try {
    for (;;) writeSync(ballast, block)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  } finally {
    closeSync(ballast)
  }
}

/** A tmpfs that fills up. */
export function smallTmpfs(): FailingDisk {
  const { folder, disk } = prepare('tmpfs')
  const mount = 'mount -t tmpfs -o size=4m tmpfs disk'
  return { folder, disk, unshare: '-rm', mount, mountAgain: '', fail: (pid) => fillUp(pid, join(disk, 'ballast')) }
}

const LOOP = 'mount -o loop,errors=remount-ro image disk'

/** An ext4 that turns read-only when an error is met in it, whoever has files open. */
export function erringExt4(): FailingDisk {
  const { folder, disk } = prepare('ext4')
  const mount = `truncate -s 4M image && mkfs.ext4 -q -F image && ${LOOP}`
  const fail = (pid: number) => {
    const mounts = readFileSync(`/proc/${pid}/mounts`, 'utf8').split('\n')
    const device = mounts.map((line) => line.split(' ')).find(([, path]) => path === disk)![0]!
    writeFileSync(`/sys/fs/ext4/${device.slice('/dev/'.length)}/trigger_fs_error`, 'a test asks for it')
  }
  return { folder, disk, unshare: '-m', mount, mountAgain: `umount disk && ${LOOP}`, fail }
}

/** An ext4 on a device that has promised more than it has: it takes no more, which is known only at a sync. */
export function thinExt4(): FailingDisk {
  const { folder, disk } = prepare('thin')
  const thin = 'mkdir -p thin && mount -t tmpfs -o size=4m tmpfs thin'
  const loop = LOOP.replace('image', 'thin/image')
  const mount = `${thin} && truncate -s 16M thin/image && mkfs.ext4 -q -F thin/image && ${loop}`
  const fail = (pid: number) => fillUp(pid, join(folder, 'thin', 'ballast'))
  return { folder, disk, unshare: '-m', mount, mountAgain: `umount disk && rm thin/ballast && ${loop}`, fail }
}

/** Why a disk cannot be mounted here; empty where it can. */
export function whyNotMounted({ folder, unshare, mount }: FailingDisk): string {
  const commands = `${mount} && umount disk`
  const { status, stderr } = spawnSync('unshare', [unshare, 'sh', '-c', commands], { cwd: folder, encoding: 'utf8' })
  return status === 0 ? '' : stderr.trim()
}

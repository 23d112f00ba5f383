import { hostAddon } from './addon.ts'
import { requireInteger } from './arguments.ts'
import { requireSuccess } from './errors.ts'

/**
 * Reserves the blocks of a part of an open file, growing it where needed: what lies there can then be written without
 * ENOSPC. Blocks the thread.
 * @param label what to call the file in an error
 * @throws HostError ENOSPC: the disk is full
 */
export function reserveFile(fd: number, offsetBytes: number, bytes: number, label: string): void {
  requireInteger('fd', fd, 0)
  requireInteger('offsetBytes', offsetBytes, 0)
  requireInteger('bytes', bytes, 1)
  requireSuccess(hostAddon().reserveFile(fd, offsetBytes, bytes), (errno) => ({
    call: 'posix_fallocate',
    attempted: `reserve ${bytes} bytes at ${offsetBytes}`,
    where: label,
    ...(errno === 'ENOSPC' ? { next: 'free space on its file system (df -h)' } : {}),
  }))
}

/**
 * Waits until the data of an open file, and the size needed to read it, are on the device: fdatasync(2). Blocks the thread.
 * @param label what to call the file in an error
 * @throws HostError EIO: data may be lost; what was written since the last sync cannot be trusted
 */
export function syncFileData(fd: number, label: string): void {
  requireInteger('fd', fd, 0)
  const explain = () => ({ call: 'fdatasync', attempted: 'make what was written durable', where: label })
  requireSuccess(hostAddon().syncFileData(fd), explain)
}

import { closeSync, fstatSync, openSync, statSync, unlinkSync } from 'node:fs'
import { hostAddon } from './addon.ts'

/** The lock of a region that nobody owns, taken without mapping it: while it is held nobody can take the region over. */
export class RegionLock {
  readonly path: string
  readonly #fd: number

  private constructor(path: string, fd: number) {
    this.path = path
    this.#fd = fd
  }

  /** @returns undefined when a live process owns the region, when it is gone, or belongs to another user */
  static tryTake(path: string): RegionLock | undefined {
    let fd: number
    try {
      fd = openSync(path, 'r+')
    } catch {
      return undefined
    }
    const lock = new RegionLock(path, fd)
    if (hostAddon().lockFile(fd) >= 0 && lock.#isStillAtPath()) return lock
    lock.release()
    return undefined
  }

  /** Removes the file; the lock lasts until `release`. */
  removeFile(): void {
    unlinkSync(this.path)
  }

  release(): void {
    closeSync(this.#fd)
  }

  #isStillAtPath(): boolean {
    const named = statSync(this.path, { throwIfNoEntry: false })
    const held = fstatSync(this.#fd)
    return named !== undefined && named.ino === held.ino && named.dev === held.dev
  }
}

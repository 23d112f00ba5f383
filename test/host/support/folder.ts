import { mkdtempSync, rmSync } from 'node:fs'
import { afterAll } from 'vitest'

/** A folder in shared memory for one test file, removed at its end. */
export function makeRegionFolder(): string {
  const folder = mkdtempSync('/dev/shm/xk-test-host-')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a function throws. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

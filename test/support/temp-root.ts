import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * All that a run of the tests writes lies in one folder, which goes with it: also what a test that was stopped left behind.
 * @returns what removes it
 */
export default function createTempRoot(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'xk-tests-'))
  process.env.TMPDIR = root
  return () => rmSync(root, { recursive: true, force: true })
}

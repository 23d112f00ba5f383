import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { findPackageRoot } from '../../kernels/host/package-root.ts'

/** Tests that start processes run the bundles: they are made afresh before the suite. */
export default function buildDist(): void {
  const script = join(findPackageRoot(), 'appliance', 'setup', 'build.mjs')
  execFileSync(process.execPath, [script, '--quiet'], { stdio: 'inherit' })
}

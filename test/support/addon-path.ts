import { join } from 'node:path'
import { findPackageRoot } from '../../kernels/host/package-root.ts'

/** Environment of a program that a test builds outside the package: where the addon lies. */
export function withAddon(): NodeJS.ProcessEnv {
  const built = join(findPackageRoot(), 'build', 'crosskernel_host.node')
  return { ...process.env, XK_HOST_ADDON: process.env.XK_HOST_ADDON ?? built }
}

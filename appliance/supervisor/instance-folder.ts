import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeRegion } from '../../kernels/host/memory.ts'
import type { KernelLaunch } from '../../kernels/loop/launch.ts'
import type { KernelName } from '../../kernels/loop/regions.ts'
import { RegionOwnedError } from '../../kernels/region/errors.ts'
import { FOLDER_PREFIX, REGIONS_ROOT } from '../../kernels/region/residue.ts'
import { openReadOnlyRegion } from '../../kernels/region/shared.ts'

const KERNELS: readonly KernelName[] = ['supervisor', 'io', 'strategy', 'storage', 'standby']

/** The folder of one instance: its regions and the launch files of its kernels. */
export class InstanceFolder {
  readonly path: string
  readonly regions: Readonly<Record<KernelName, string>>
  /** Where operators' commands are heard, in a live session. */
  readonly commandSocket: string

  constructor(instance: string, root = REGIONS_ROOT) {
    this.path = join(root, `${FOLDER_PREFIX}${instance}`)
    this.commandSocket = join(this.path, 'commands.sock')
    const paths = KERNELS.map((kernel) => [kernel, join(this.path, `${kernel}.region`)] as const)
    this.regions = Object.fromEntries(paths) as Record<KernelName, string>
  }

  create(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
  }

  /**
   * Removes what the kernels of a dead instance of this name left behind.
   * @throws RegionOwnedError when one of them is still alive
   */
  removeKernelRegions(): void {
    for (const kernel of KERNELS) {
      const path = this.regions[kernel]
      if (kernel === 'supervisor' || !existsSync(path)) continue
      if (!removeRegion(path)) {
        const { ownerPid } = openReadOnlyRegion(path)
        throw new RegionOwnedError(path, ownerPid, kernel)
      }
    }
  }

  /** Removes the folder: after a run that ended in order nothing is left to look into. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }

  /** Writes what a kernel process is told. @returns the file's path */
  writeLaunch(launch: KernelLaunch<unknown>): string {
    const path = join(this.path, `${launch.kernel}.launch.json`)
    writeFileSync(path, JSON.stringify(launch, null, 2))
    return path
  }
}

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { dayOf } from '../../feeds/protocol/session-epoch.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import manifest from '../../package.json' with { type: 'json' }
import type { SessionHeader } from '../../storage/catalogue/session-facts.ts'
import type { ApplianceConfig } from '../config/config.ts'

/** What runs in a session: the command, the kernels, the thread that writes the journal, the addon under them. */
const PROGRAMS = [
  'dist/xk.main.js',
  'dist/io.process.js',
  'dist/live.process.js',
  'dist/rerun.process.js',
  'dist/strategy.process.js',
  'dist/standby.process.js',
  'dist/storage.process.js',
  'dist/journal.thread.js',
  'build/crosskernel_host.node',
]

/** SHA-256 over the built programs, in a fixed order, each by its name and length; those that are missing count as empty. */
export function hashPrograms(root: string): string {
  const hash = createHash('sha256')
  for (const name of PROGRAMS) {
    const path = join(root, name)
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    hash.update(`${name} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex')
}

interface HeaderParts {
  readonly kind: SessionHeader['kind']
  readonly config: ApplianceConfig
  readonly strategy: Pick<StrategyKernelConfig, 'bundles' | 'params'>
  readonly strategies: readonly { readonly name: string; readonly path: string }[]
  readonly configHash: string
  /** Unix time of the session's epoch; 0 where no day is known. */
  readonly epochSeconds: number
}

/** The header of a session that is about to run. */
export function buildSessionHeader({ kind, config, ...parts }: HeaderParts): SessionHeader {
  const { strategy, strategies, configHash, epochSeconds } = parts
  return {
    kind,
    version: manifest.version,
    codeHash: hashPrograms(findPackageRoot()),
    configHash,
    seed: config.seed,
    plugins: strategies.map(({ name, path }, index) => ({
      name,
      path,
      codeHash: strategy.bundles[index]!.digest,
      params: strategy.params[index]!,
    })),
    limits: { ...config.gate },
    files: config.feed.files.map((file) => basename(file)),
    date: epochSeconds === 0 ? null : dayOf(epochSeconds, config.feed.timeZone),
  }
}

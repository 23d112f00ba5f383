import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleStrategy } from '../../../kernels/strategy/bundle.ts'
import { LoadedStrategy } from '../../../kernels/strategy/load.ts'
import { Rig, type RigOptions } from './rig.ts'

/** Writes a plugin to a temporary file and bundles it. */
export async function loadSource(source: string, name = 'plugin.ts'): Promise<LoadedStrategy> {
  const path = join(mkdtempSync(join(tmpdir(), 'xk-strategy-')), name)
  writeFileSync(path, source)
  return LoadedStrategy.load(await bundleStrategy(path))
}

/** A plugin from the hooks' text alone; `body` is what stands inside defineStrategy({ … }). */
export function pluginSource(body: string): string {
  return `import { defineStrategy, Side, OrderFlag, OrderState, OrderEventKind, LogLevel } from 'crosskernel/strategy'
export default defineStrategy({ name: 'test-strategy', ${body} })
`
}

/** A rig with one plugin given by its hooks. */
export async function rigOf(
  body: string,
  params: Record<string, unknown> = {},
  options: RigOptions = {},
): Promise<Rig> {
  return new Rig([{ loaded: await loadSource(pluginSource(body)), params }], options)
}

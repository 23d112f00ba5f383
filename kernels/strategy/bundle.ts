import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { BuildOptions, Message } from 'esbuild'
import { findPackageRoot } from '../host/package-root.ts'
import { digestCode, type StrategyBundle, showPath } from './bundle-file.ts'
import { type BundleParts, loadBundler, REFUSED_BY_BUNDLER, strategyRules } from './bundle-rules.ts'
import { PluginBundleError } from './errors.ts'

export type { StrategyBundle } from './bundle-file.ts'

function locateParts(root: string): BundleParts {
  return {
    interfacePath: join(root, 'strategies', 'plugin', 'define.ts'),
    attachPath: join(root, 'strategies', 'plugin', 'facade', 'attach.ts'),
  }
}

function describeMessage(message: Message): { what: string; where: string | undefined } {
  const what = REFUSED_BY_BUNDLER[message.id] ?? message.text
  const { location } = message
  return {
    what,
    where:
      location === null ? undefined : `${showPath(resolve(location.file))}:${location.line}:${location.column + 1}`,
  }
}

/** What both scripts of a bundle have in common. */
const BUNDLED = {
  bundle: true,
  write: false,
  format: 'iife',
  platform: 'neutral',
  target: 'es2022',
  charset: 'utf8',
  // A configuration of the compiler that happens to lie near would change the code, and with it the digests.
  tsconfigRaw: '{}',
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions

/**
 * Bundles a plugin into one script, and the context that it is called with into another. The plugin's script, an
 * expression's worth of statements that end in `strategyScript`, has the module's default export as `plugin`; that of the
 * context has `attach`. Two, so that one context can serve several instances of the plugin. Asynchronous: for a kernel's
 * prepare phase.
 * @param path of the plugin, TypeScript or JavaScript
 * @throws PluginBundleError with file, line and column
 */
export async function bundleStrategy(path: string): Promise<StrategyBundle> {
  const root = findPackageRoot()
  const absolute = resolve(path)
  if (!existsSync(absolute)) {
    throw new PluginBundleError('there is no such strategy file', path, 'check the path given with --strategy')
  }
  const parts = locateParts(root)
  const { build } = await loadBundler()
  const overrides = Object.keys(REFUSED_BY_BUNDLER).map((id) => [id, 'error'] as const)
  try {
    const result = await build({
      ...BUNDLED,
      stdin: {
        contents: `export { default as plugin } from ${JSON.stringify(absolute)}\n`,
        loader: 'ts',
        resolveDir: dirname(absolute),
      },
      absWorkingDir: process.cwd(),
      outfile: 'strategy.js',
      globalName: 'strategyScript',
      sourcemap: 'external',
      sourcesContent: false,
      logOverride: Object.fromEntries(overrides),
      plugins: [strategyRules(parts)],
    })
    const script = result.outputFiles.find((file) => !file.path.endsWith('.map'))!.text
    const sourceMap = resolveSources(result.outputFiles.find((file) => file.path.endsWith('.map'))!.text)
    const code = stripPaths(script, Object.keys(result.metafile.inputs))
    const facade = await bundleFacade(parts, root)
    return { path: showPath(absolute), code, facade, sourceMap, digest: digestCode({ code, facade }) }
  } catch (error) {
    throw explainFailure(error, showPath(absolute))
  }
}

async function bundleFacade(parts: BundleParts, root: string): Promise<string> {
  const { build } = await loadBundler()
  const result = await build({
    ...BUNDLED,
    entryPoints: [parts.attachPath],
    absWorkingDir: root,
    outfile: 'facade.js',
    globalName: 'strategyFacade',
  })
  return stripPaths(result.outputFiles[0]!.text, Object.keys(result.metafile.inputs))
}

/** The bundler's comments with paths would make the digest depend on where the clone lies; lines stay, for the source map. */
function stripPaths(code: string, inputs: readonly string[]): string {
  const comments = new Set(inputs.map((input) => `  // ${input}`))
  return code
    .split('\n')
    .map((line) => (comments.has(line) ? '' : line))
    .join('\n')
}

/** Names the sources absolutely: the kernel that locates an error may have another working folder. */
function resolveSources(sourceMap: string): string {
  const map = JSON.parse(sourceMap) as { sources: string[] }
  map.sources = map.sources.map((source) => resolve(source))
  return JSON.stringify(map)
}

function explainFailure(error: unknown, path: string): unknown {
  const messages = (error as { errors?: Message[] }).errors
  if (messages === undefined || messages.length === 0) return error
  const described = messages.map(describeMessage)
  const first = described[0]!
  const others = described.slice(1).map(({ what, where }) => `${where ?? path}: ${what}`)
  const next = others.length === 0 ? undefined : `also ${others.slice(0, 4).join('; ')}`
  return new PluginBundleError(first.what, first.where ?? path, next)
}

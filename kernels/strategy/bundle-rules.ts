import { readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { Loader, Message, PartialMessage, Plugin } from 'esbuild'

/** Syntax that is refused, found by asking the compiler to lower it for a target that cannot have it. */
const REFUSED_SYNTAX: readonly { readonly found: RegExp; readonly text: string }[] = [
  {
    found: /async|await/,
    text: 'a strategy has no promises: async functions and await are refused; set a timer with context.timers instead',
  },
]

const LOADERS: Readonly<Record<string, Loader>> = {
  ts: 'ts',
  mts: 'ts',
  js: 'js',
  mjs: 'js',
}

/** Log messages of the bundler that are errors for a plugin, and what they should say. */
export const REFUSED_BY_BUNDLER: Readonly<Record<string, string>> = {
  'unsupported-dynamic-import': 'dynamic import is refused: import statically, so that the plugin is one script',
  'unsupported-require-call': 'require is refused: import statically with a relative path',
  'indirect-require': 'require is refused: import statically with a relative path',
  'direct-eval': 'eval is refused: a strategy is fixed before the start',
  'empty-import-meta': 'import.meta is refused: a strategy knows no files',
}

/** Paths of the product that a plugin's script is made of besides the plugin's own files. */
export interface BundleParts {
  /** `crosskernel/strategy`: the public surface. */
  readonly interfacePath: string
  /** The context that a plugin is called with. */
  readonly attachPath: string
}

function refuseImport(path: string, kind: string): PartialMessage | undefined {
  if (kind === 'dynamic-import') return { text: REFUSED_BY_BUNDLER['unsupported-dynamic-import']! }
  if (kind === 'require-call' || kind === 'require-resolve') {
    return { text: REFUSED_BY_BUNDLER['unsupported-require-call']! }
  }
  if (path.startsWith('.')) return undefined
  if (path.startsWith('node:')) return { text: `"${path}" is refused: a strategy has no files, network or processes` }
  return { text: `"${path}" is refused: a strategy imports crosskernel/strategy and its own files by relative path` }
}

/** Loaded where it is needed: commands that bundle nothing begin sooner without it. */
export function loadBundler(): Promise<typeof import('esbuild')> {
  return import('esbuild')
}

async function findRefusedSyntax(path: string, source: string, loader: Loader): Promise<PartialMessage[]> {
  const { transform } = await loadBundler()
  try {
    await transform(source, {
      loader,
      sourcefile: path,
      logLevel: 'silent',
      supported: { 'async-await': false, generator: false, 'async-generator': false, 'for-await': false },
    })
    return []
  } catch (error) {
    const messages = (error as { errors?: Message[] }).errors ?? []
    return messages.flatMap((message) => {
      const rule = REFUSED_SYNTAX.find((candidate) => candidate.found.test(message.text))
      return rule === undefined ? [] : [{ text: rule.text, location: message.location }]
    })
  }
}

/** The bundler plugin that keeps a strategy to its own files and the public surface. */
export function strategyRules(parts: BundleParts): Plugin {
  return {
    name: 'strategy-rules',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === 'resolved') return undefined
        if (args.path === 'crosskernel/strategy') return { path: parts.interfacePath }
        if (isAbsolute(args.path) && (args.importer === '<stdin>' || args.importer === '')) return { path: args.path }
        const refused = refuseImport(args.path, args.kind)
        return refused === undefined ? undefined : { errors: [refused] }
      })
      build.onLoad({ filter: /\.(ts|mts|js|mjs)$/ }, async (args) => {
        if (args.path === parts.interfacePath) return undefined
        const loader = LOADERS[args.path.slice(args.path.lastIndexOf('.') + 1)]!
        const contents = await readFile(args.path, 'utf8')
        return { contents, loader, errors: await findRefusedSyntax(args.path, contents, loader) }
      })
    },
  }
}

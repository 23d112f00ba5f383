import { SourceMap } from 'node:module'
import type { Strategy } from '../../strategies/plugin/define.ts'
import type { Handles, PluginEntry } from '../../strategies/plugin/memory.ts'
import type { ParamDeclarations, ParamValue } from '../../strategies/plugin/params.ts'
import { type StrategyBundle, showPath } from './bundle-file.ts'
import { PluginLoadError } from './errors.ts'
import { type Attach, PluginRealm } from './plugin-realm.ts'

const HOOKS = ['state', 'onStart', 'onBook', 'onTrade', 'onStatus', 'onOrder', 'onTimer', 'onStop'] as const
const FIELDS: ReadonlySet<string> = new Set(['kind', 'name', 'about', 'params', 'interest', ...HOOKS])
/** A plugin in its own context, not yet attached to a kernel. */
export class LoadedStrategy {
  readonly bundle: StrategyBundle
  readonly definition: Strategy
  readonly #attach: Attach
  /** Undefined for a strategy of the product's own. */
  readonly realm: PluginRealm | undefined
  #sourceMap: SourceMap | undefined

  private constructor(bundle: StrategyBundle, definition: Strategy, attach: Attach, realm?: PluginRealm) {
    this.bundle = bundle
    this.definition = definition
    this.#attach = attach
    this.realm = realm
  }

  /** A strategy of the product's own, in this realm. */
  static fromDefinition(definition: Strategy, attach: Attach): LoadedStrategy {
    return new LoadedStrategy(
      { path: definition.name, code: '', facade: '', sourceMap: '{}', digest: '' },
      definition,
      attach,
    )
  }

  /**
   * Runs a bundle in a fresh context with the guarded global and checks what it exports.
   * @throws PluginLoadError
   */
  static load(bundle: StrategyBundle): LoadedStrategy {
    return LoadedStrategy.#instantiate(bundle, () => new PluginRealm(bundle))
  }

  static #instantiate(bundle: StrategyBundle, findRealm: () => PluginRealm): LoadedStrategy {
    let realm: PluginRealm
    let plugin: Strategy | undefined
    try {
      realm = findRealm()
      plugin = realm.instantiate()
    } catch (error) {
      const what = `the strategy failed while it was loaded: ${describeThrown(error)}`
      throw new PluginLoadError(what, bundle.path, undefined, error)
    }
    assertDefinition(plugin, bundle.path)
    return new LoadedStrategy(bundle, plugin!, realm.attach, realm)
  }

  /** Another strategy in this one's context: for a rehearsal. */
  withDefinition(definition: Strategy): LoadedStrategy {
    return new LoadedStrategy(this.bundle, definition, this.#attach)
  }

  /**
   * The same plugin in the same context, with its module evaluated anew: for a rehearsal, whose compiled code this one
   * then runs. @throws PluginLoadError
   */
  another(): LoadedStrategy {
    const { realm } = this
    if (realm === undefined) return this
    return LoadedStrategy.#instantiate(this.bundle, () => realm)
  }

  get name(): string {
    return this.definition.name
  }

  get params(): ParamDeclarations {
    return this.definition.params ?? {}
  }

  /** @throws PluginLoadError when the plugin's `state` throws */
  attach(handles: Handles, values: Readonly<Record<string, ParamValue>>): PluginEntry {
    try {
      return this.#attach(this.definition, handles, values)
    } catch (error) {
      throw new PluginLoadError(
        `state() of strategy ${this.name} threw: ${describeThrown(error)}`,
        this.locate(error),
        undefined,
        error,
      )
    }
  }

  /** File, line and column of the plugin's source where an error was thrown; the plugin's path when that is unknown. */
  locate(error: unknown): string {
    const stack = readStack(error)
    const pattern = /:(\d+):(\d+)\)?$/
    for (const line of stack.split('\n')) {
      if (!line.includes(this.bundle.path)) continue
      const found = pattern.exec(line.trim())
      if (found === null) continue
      const place = this.#findSource(Number(found[1]), Number(found[2]))
      if (place !== undefined) return place
    }
    return this.bundle.path
  }

  #findSource(line: number, column: number): string | undefined {
    this.#sourceMap ??= new SourceMap(JSON.parse(this.bundle.sourceMap))
    const entry = this.#sourceMap.findEntry(line - 1, column - 1)
    if (!('originalSource' in entry)) return undefined
    const source = String(entry.originalSource)
    if (/strategies\/plugin\//.test(source) || source.endsWith('<stdin>')) return undefined
    return `${showPath(source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  }
}

function assertDefinition(plugin: Strategy | undefined, path: string): void {
  if (plugin === undefined || plugin === null || plugin.kind !== 'crosskernel-strategy') {
    throw new PluginLoadError(
      'the default export is not a strategy',
      path,
      "write `export default defineStrategy({ … })` with defineStrategy from 'crosskernel/strategy'",
    )
  }
  if (typeof plugin.name !== 'string' || !/^[a-z][a-z0-9-]{0,30}$/.test(plugin.name)) {
    throw new PluginLoadError(
      `the strategy's name is ${JSON.stringify(plugin.name)}`,
      path,
      'a name is lower-case letters, digits and dashes, begins with a letter, and has at most 31 characters',
    )
  }
  for (const field of Object.keys(plugin)) {
    if (FIELDS.has(field)) continue
    throw new PluginLoadError(
      `defineStrategy takes no field "${field}"`,
      path,
      `it takes ${[...FIELDS].slice(1).join(', ')}`,
    )
  }
  for (const hook of HOOKS) {
    const value: unknown = plugin[hook]
    if (value !== undefined && typeof value !== 'function') {
      throw new PluginLoadError(`${hook} is not a function`, path)
    }
  }
  const interest: unknown = plugin.interest
  if (interest !== undefined && interest !== 'top' && interest !== 'depth') {
    throw new PluginLoadError(`interest is ${JSON.stringify(interest)}`, path, "it is 'top' or 'depth'")
  }
}

/** Name and message of anything that can be thrown, in at most 400 characters, the same in every run. */
export function describeThrown(thrown: unknown): string {
  try {
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
      const { name, message } = thrown as { name?: unknown; message: unknown }
      return `${String(name ?? 'Error')}: ${String(message)}`.slice(0, 400)
    }
    return String(thrown).slice(0, 400)
  } catch {
    return 'something that cannot be shown'
  }
}

function readStack(error: unknown): string {
  try {
    const stack = (error as { stack?: unknown }).stack
    return typeof stack === 'string' ? stack : ''
  } catch {
    return ''
  }
}

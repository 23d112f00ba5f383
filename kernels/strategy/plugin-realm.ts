import vm from 'node:vm'
import type { Strategy } from '../../strategies/plugin/define.ts'
import type { Handles, PluginEntry } from '../../strategies/plugin/memory.ts'
import type { ParamValue } from '../../strategies/plugin/params.ts'
import type { StrategyBundle } from './bundle-file.ts'
import { guardScript } from './context-guard.ts'
import { callWithin } from './time-limit.ts'

/** Builds a plugin's context over the kernel's memory; what the script of the context evaluates to. */
export type Attach = (plugin: Strategy, handles: Handles, values: Readonly<Record<string, ParamValue>>) => PluginEntry

/** How long a plugin's module may take to evaluate: it takes milliseconds, but the clock also runs while the host is busy. */
const EVALUATION_LIMIT_MS = 5_000
const FACADE_NAME = 'strategy-context.js'

/**
 * A context of V8 with the guarded global, in which a plugin lives. Its module can be evaluated more than once: each
 * instance has variables of its own, and all share their compiled code.
 */
export class PluginRealm {
  readonly attach: Attach
  readonly #global: object
  readonly #module: () => { readonly plugin?: Strategy } | undefined

  /** @throws what V8 says of a script that is none */
  constructor(bundle: StrategyBundle) {
    const context = createGuardedContext()
    const run = (code: string, filename: string): unknown => new vm.Script(code, { filename }).runInContext(context)
    this.#global = run('globalThis', FACADE_NAME) as object
    this.attach = run(`'use strict';(() => {${bundle.facade};return strategyFacade.attach})()`, FACADE_NAME) as Attach
    // Begun on the first line, so that the lines of errors are those of the source map.
    this.#module = run(`'use strict';(() => {${bundle.code};return strategyScript})`, bundle.path) as () => undefined
  }

  /** Evaluates the plugin's module anew. @throws what it throws, or that it takes too long */
  instantiate(): Strategy | undefined {
    return callWithin(EVALUATION_LIMIT_MS, this.#module)?.plugin
  }

  /** What instances share: every property of the global object, and of what its properties hold. */
  captureShared(): SharedState {
    return new SharedState(this.#global)
  }
}

/** The values that instances of a plugin could tell each other something by, at one moment. */
export class SharedState {
  readonly #values = new Map<object, ReadonlyMap<PropertyKey, unknown>>()

  constructor(root: object) {
    this.#note(root)
    for (const value of this.#values.get(root)!.values()) {
      if (!isObject(value)) continue
      this.#note(value)
      const prototype: unknown = Reflect.getOwnPropertyDescriptor(value, 'prototype')?.value
      if (isObject(prototype)) this.#note(prototype)
    }
  }

  #note(holder: object): void {
    if (this.#values.has(holder)) return
    const values = new Map<PropertyKey, unknown>()
    for (const key of Reflect.ownKeys(holder)) {
      const property = Reflect.getOwnPropertyDescriptor(holder, key)!
      values.set(key, property.get ?? property.value)
    }
    this.#values.set(holder, values)
  }

  /** Whether nothing was added, removed or replaced between the two. */
  equals(other: SharedState): boolean {
    if (this.#values.size !== other.#values.size) return false
    for (const [holder, values] of this.#values) {
      const others = other.#values.get(holder)
      if (others === undefined || others.size !== values.size) return false
      for (const [key, value] of values) if (!others.has(key) || !Object.is(others.get(key), value)) return false
    }
    return true
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function createGuardedContext(): vm.Context {
  const options = { codeGeneration: { strings: false, wasm: false } }
  // An ordinary global object where Node has it (20.18, 22.8): otherwise each use of Math goes through an interceptor.
  const { DONT_CONTEXTIFY } = vm.constants as unknown as { DONT_CONTEXTIFY?: vm.Context }
  const context = vm.createContext(DONT_CONTEXTIFY ?? {}, options)
  vm.runInContext(guardScript(), context, { filename: 'context-guard.js' })
  return context
}

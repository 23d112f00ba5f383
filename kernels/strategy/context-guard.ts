/**
 * What a plugin's global object holds. A guard against accidents, not a security boundary: names that would make a
 * decision depend on anything but the inbound records throw when they are used, and say what to use instead.
 */

/** Names that stay. */
const ALLOWED: readonly string[] = [
  'Object',
  'Function',
  'Array',
  'Number',
  'parseFloat',
  'parseInt',
  'Infinity',
  'NaN',
  'undefined',
  'Boolean',
  'String',
  'Symbol',
  'RegExp',
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'globalThis',
  'JSON',
  'Math',
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'Uint8ClampedArray',
  'BigUint64Array',
  'BigInt64Array',
  'BigInt',
  'DataView',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Proxy',
  'Reflect',
  'Iterator',
  'isFinite',
  'isNaN',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
]

const CLOCK = 'use context.now(), the logical clock'
const TIMERS = 'use context.timers and onTimer'
const LOGGING = 'use context.log(level, text)'
const RANDOM = 'use context.random(), the seeded generator'
const PROMISES = 'a decision is made at once; use context.timers and onTimer for later ones'
const OUTSIDE = 'a strategy sees only its inbound records'
const THREADS = 'a strategy has one thread and no shared memory'
const CODE = 'a strategy is fixed before the start'
const COLLECTOR = 'when memory is collected differs from run to run'
const LOCALE = 'what it gives depends on the host'

/** Names that throw, and what each says. */
export const BANNED_GLOBALS: Readonly<Record<string, string>> = {
  Date: CLOCK,
  Temporal: CLOCK,
  performance: CLOCK,
  setTimeout: TIMERS,
  setInterval: TIMERS,
  setImmediate: TIMERS,
  clearTimeout: TIMERS,
  clearInterval: TIMERS,
  clearImmediate: TIMERS,
  queueMicrotask: PROMISES,
  Promise: PROMISES,
  console: LOGGING,
  crypto: RANDOM,
  fetch: OUTSIDE,
  XMLHttpRequest: OUTSIDE,
  WebSocket: OUTSIDE,
  EventSource: OUTSIDE,
  process: OUTSIDE,
  require: OUTSIDE,
  module: OUTSIDE,
  exports: OUTSIDE,
  global: OUTSIDE,
  Buffer: 'use a Uint8Array',
  structuredClone: 'copy the fields that matter',
  SharedArrayBuffer: THREADS,
  Atomics: THREADS,
  Worker: THREADS,
  WebAssembly: CODE,
  eval: CODE,
  Function: CODE,
  WeakRef: COLLECTOR,
  FinalizationRegistry: COLLECTOR,
  Intl: LOCALE,
}

/** Members that throw. */
export const BANNED_MEMBERS: readonly (readonly [owner: string, member: string, advice: string])[] = [
  ['Math', 'random', RANDOM],
  ['Number.prototype', 'toLocaleString', LOCALE],
  ['BigInt.prototype', 'toLocaleString', LOCALE],
  ['Array.prototype', 'toLocaleString', LOCALE],
  ['String.prototype', 'localeCompare', LOCALE],
  ['String.prototype', 'toLocaleLowerCase', LOCALE],
  ['String.prototype', 'toLocaleUpperCase', LOCALE],
]

/** Runs inside the fresh context, before the plugin. */
export function guardScript(): string {
  const allowed = ALLOWED.filter((name) => !(name in BANNED_GLOBALS))
  return `(() => {
  'use strict'
  const { defineProperty, getOwnPropertyNames } = Object
  const refuse = (name, advice) => {
    throw new ReferenceError(name + ' is not available in a strategy: ' + advice)
  }
  for (const [owner, member, advice] of ${JSON.stringify(BANNED_MEMBERS)}) {
    const target = owner.split('.').reduce((value, key) => value[key], globalThis)
    const value = () => refuse(owner.replace('.prototype', '') + '.' + member, advice)
    defineProperty(target, member, { value, writable: false, configurable: false })
  }
  const allowed = new Set(${JSON.stringify(allowed)})
  const banned = ${JSON.stringify(BANNED_GLOBALS)}
  for (const name of getOwnPropertyNames(globalThis)) {
    if (!allowed.has(name) && !(name in banned)) Reflect.deleteProperty(globalThis, name)
  }
  for (const name of Object.keys(banned)) {
    const get = () => refuse(name, banned[name])
    defineProperty(globalThis, name, { get, set: undefined, configurable: false, enumerable: false })
  }
})()`
}

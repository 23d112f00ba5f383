/**
 * Saves a plugin's own state and makes it again, inside the plugin's realm, so that what is made has the realm's prototypes.
 * Plain data is kept: numbers, strings, booleans, bigints, null, undefined, arrays, plain objects, Map, Set, ArrayBuffer, typed
 * arrays; shared and circular references too. The order is that of the entries: the same state gives the same bytes.
 */
import type { StateArchive } from '../../../kernels/records/state-archive.ts'
import { StrategyError } from '../strategy-error.ts'

enum Tag {
  Undefined = 0,
  Null = 1,
  False = 2,
  True = 3,
  Number = 4,
  Text = 5,
  BigInt = 6,
  Seen = 7,
  Array = 8,
  Object = 9,
  BareObject = 10,
  Map = 11,
  Set = 12,
  Buffer = 13,
  Typed = 14,
}

/** Deeper than any state that anyone wrote; a longer chain of objects would exhaust the stack. */
const DEPTH_MAX = 200

const TYPED_ARRAYS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
}
type TypedArrayName = keyof typeof TYPED_ARRAYS

/**
 * Writes a value.
 * @param place how the value is reached, for the error
 * @throws StrategyError for what is no plain data
 */
export function saveState(value: unknown, archive: StateArchive, place = 'state'): void {
  new Saver(archive).save(value, place, 0)
}

/** Reads a value that `saveState` wrote. @throws StrategyError for what it did not write */
export function loadState(archive: StateArchive): unknown {
  return new Loader(archive).load()
}

class Saver {
  readonly #archive: StateArchive
  readonly #seen = new Map<object, number>()

  constructor(archive: StateArchive) {
    this.#archive = archive
  }

  save(value: unknown, place: string, depth: number): void {
    const archive = this.#archive
    if (value === undefined) archive.number(Tag.Undefined)
    else if (value === null) archive.number(Tag.Null)
    else if (typeof value === 'boolean') archive.number(value ? Tag.True : Tag.False)
    else if (typeof value === 'number') {
      archive.number(Tag.Number)
      archive.number(value)
    } else if (typeof value === 'string') {
      archive.number(Tag.Text)
      archive.text(value)
    } else if (typeof value === 'bigint') {
      archive.number(Tag.BigInt)
      archive.text(value.toString())
    } else if (typeof value === 'object') this.#saveObject(value, place, depth)
    else refuse(place, `a ${typeof value}`)
  }

  #saveObject(value: object, place: string, depth: number): void {
    const archive = this.#archive
    const seen = this.#seen.get(value)
    if (seen !== undefined) {
      archive.number(Tag.Seen)
      archive.number(seen)
      return
    }
    if (depth > DEPTH_MAX) refuse(place, `nested over ${DEPTH_MAX} deep`)
    this.#seen.set(value, this.#seen.size)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (Array.isArray(value)) this.#saveArray(value, place, depth)
    else if (value instanceof Map) this.#saveMap(value, place, depth)
    else if (value instanceof Set) this.#saveSet(value, place, depth)
    else if (value instanceof ArrayBuffer) this.#saveBuffer(value)
    else if (ArrayBuffer.isView(value)) this.#saveTyped(value, place, depth)
    else if (prototype === Object.prototype || prototype === null) this.#saveFields(value, place, depth)
    else refuse(place, `of class ${(prototype as { constructor?: { name?: string } }).constructor?.name ?? 'unknown'}`)
  }

  #saveArray(values: readonly unknown[], place: string, depth: number): void {
    this.#archive.number(Tag.Array)
    this.#archive.number(values.length)
    for (let i = 0; i < values.length; i++) this.save(values[i], `${place}[${i}]`, depth + 1)
  }

  #saveMap(values: ReadonlyMap<unknown, unknown>, place: string, depth: number): void {
    this.#archive.number(Tag.Map)
    this.#archive.number(values.size)
    for (const [key, value] of values) {
      this.save(key, `a key of ${place}`, depth + 1)
      this.save(value, `${place}.get(${String(key)})`, depth + 1)
    }
  }

  #saveSet(values: ReadonlySet<unknown>, place: string, depth: number): void {
    this.#archive.number(Tag.Set)
    this.#archive.number(values.size)
    for (const value of values) this.save(value, `a value of ${place}`, depth + 1)
  }

  #saveBuffer(value: ArrayBuffer): void {
    this.#archive.number(Tag.Buffer)
    this.#archive.number(value.byteLength)
    this.#archive.array(new Uint8Array(value))
  }

  #saveTyped(value: ArrayBufferView, place: string, depth: number): void {
    const name = value.constructor.name as TypedArrayName
    if (!(name in TYPED_ARRAYS) || !(value.buffer instanceof ArrayBuffer)) refuse(place, `a ${name} or shared memory`)
    this.#archive.number(Tag.Typed)
    this.#archive.text(name)
    this.#archive.number(value.byteOffset)
    this.#archive.number((value as Uint8Array).length)
    this.save(value.buffer, `${place}.buffer`, depth + 1)
  }

  #saveFields(value: object, place: string, depth: number): void {
    const isBare = Object.getPrototypeOf(value) === null
    const fields = Object.entries(Object.getOwnPropertyDescriptors(value))
    if (Object.getOwnPropertySymbols(value).length > 0) refuse(place, 'an object with a symbol for a key')
    this.#archive.number(isBare ? Tag.BareObject : Tag.Object)
    this.#archive.number(fields.length)
    for (const [name, field] of fields) {
      if (!('value' in field)) refuse(`${place}.${name}`, 'a getter or setter')
      this.#archive.text(name)
      this.save(field.value, `${place}.${name}`, depth + 1)
    }
  }
}

class Loader {
  readonly #archive: StateArchive
  readonly #made: unknown[] = []

  constructor(archive: StateArchive) {
    this.#archive = archive
  }

  load(): unknown {
    const archive = this.#archive
    const tag: Tag = archive.number(0)
    switch (tag) {
      case Tag.Undefined:
        return undefined
      case Tag.Null:
        return null
      case Tag.False:
      case Tag.True:
        return tag === Tag.True
      case Tag.Number:
        return archive.number(0)
      case Tag.Text:
        return archive.text('')
      case Tag.BigInt:
        return BigInt(archive.text(''))
      case Tag.Seen:
        return this.#made[archive.number(0)]
      default:
        return this.#loadObject(tag)
    }
  }

  #loadObject(tag: Tag): unknown {
    switch (tag) {
      case Tag.Array:
        return this.#loadArray()
      case Tag.Map: {
        const values = this.#remember(new Map<unknown, unknown>())
        for (let left = this.#archive.number(0); left > 0; left--) values.set(this.load(), this.load())
        return values
      }
      case Tag.Set: {
        const values = this.#remember(new Set<unknown>())
        for (let left = this.#archive.number(0); left > 0; left--) values.add(this.load())
        return values
      }
      case Tag.Object:
      case Tag.BareObject:
        return this.#loadFields(tag === Tag.Object ? {} : Object.create(null))
      case Tag.Buffer: {
        const buffer = this.#remember(new ArrayBuffer(this.#archive.number(0)))
        this.#archive.array(new Uint8Array(buffer))
        return buffer
      }
      case Tag.Typed:
        return this.#loadTyped()
      default:
        throw new StrategyError('saved-state', `a saved state holds the unknown tag ${tag}`)
    }
  }

  #loadArray(): unknown[] {
    const values = this.#remember<unknown[]>([])
    for (let left = this.#archive.number(0); left > 0; left--) values.push(this.load())
    return values
  }

  #loadFields(object: Record<string, unknown>): unknown {
    this.#remember(object)
    for (let left = this.#archive.number(0); left > 0; left--) {
      const name = this.#archive.text('')
      const value = this.load()
      // A field may be named __proto__: an assignment would set the prototype.
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
    }
    return object
  }

  #loadTyped(): unknown {
    const index = this.#made.push(undefined) - 1
    const name = this.#archive.text('') as TypedArrayName
    const byteOffset = this.#archive.number(0)
    const length = this.#archive.number(0)
    const array = new TYPED_ARRAYS[name](this.load() as ArrayBuffer, byteOffset, length)
    this.#made[index] = array
    return array
  }

  #remember<T>(object: T): T {
    this.#made.push(object)
    return object
  }
}

function refuse(place: string, what: string): never {
  throw new StrategyError('state-not-plain', `${place} is ${what}: only plain data can be kept in a snapshot`)
}

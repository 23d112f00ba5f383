import { dirname, relative, resolve } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { findNearestName } from '../cli/nearest-name.ts'
import { ConfigError, type ConfigProblem } from '../config/config-error.ts'
import { offsetOf } from '../config/yaml-place.ts'

/** Largest file that is read: some hundred thousand positions. */
const FILE_BYTES_MAX = 16 * 1024 * 1024
/** Problems that are told at once. */
const PROBLEMS_MAX = 20

/** A value with the place it was found at, for what is found out about it later. */
export interface Placed<T> {
  readonly value: T
  /** `file:line:column`. */
  readonly where: string
}

/** Reads a YAML file of the day key by key, and gathers everything wrong with it by line and column. */
export class DayReader {
  readonly folder: string
  readonly problems: ConfigProblem[] = []
  readonly root: YAMLMap
  readonly #name: string
  readonly #lines = new LineCounter()

  /**
   * @param path where the text lies: paths in it are relative to its folder
   * @throws ConfigError for a text that is no YAML map
   */
  constructor(text: string, path: string) {
    this.#name = shorten(path)
    this.folder = dirname(path)
    if (text.length > FILE_BYTES_MAX) this.#fail(0, 'the file is larger than 16 MiB', 'name a start-of-day file')
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, logLevel: 'error' })
    const [error] = document.errors
    if (error !== undefined) {
      this.#fail(error.pos[0], `not valid YAML: ${error.message}`, 'indent by blanks, write "key: value"')
    }
    if (!isMap(document.contents)) {
      this.#fail(offsetOf(document.contents), 'the file holds no keys', 'write positions, instruments or restricted')
    }
    this.root = document.contents as YAMLMap
  }

  /** @throws ConfigError when anything was wrong */
  finish(): void {
    if (this.problems.length > 0) throw new ConfigError(this.problems)
  }

  refuse(where: string, what: string, next: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push({ where, what, next })
  }

  whereOf(node: Node | null | undefined): string {
    const { line, col } = this.#lines.linePos(offsetOf(node))
    return `${this.#name}:${Math.max(1, line)}:${Math.max(1, col)}`
  }

  /** Refuses keys of a map that are none of the ones given. */
  checkKeys(map: YAMLMap, known: readonly string[]): void {
    for (const { key } of map.items as Pair<Node, Node | null>[]) {
      const name = isScalar(key) ? String(key.value) : '?'
      if (known.includes(name)) continue
      const meant = findNearestName(name, known)
      const next = meant === undefined ? `allowed are ${known.join(', ')}` : `did you mean ${meant}?`
      this.refuse(this.whereOf(key), `unknown key "${name}"`, next)
    }
  }

  /** The maps of a list under a key; nothing where the key is missing. */
  readMaps(key: string): YAMLMap[] {
    const node = this.root.get(key, true) as Node | undefined
    if (node === undefined || (isScalar(node) && node.value === null)) return []
    if (!isSeq<Node>(node)) {
      this.refuse(this.whereOf(node), `${key} is no list`, 'write one entry a line, each with a dash in front')
      return []
    }
    return node.items.filter((item) => {
      if (isMap(item)) return true
      this.refuse(this.whereOf(item), `an entry of ${key} is no map`, 'write {symbol: AAPL, …}')
      return false
    }) as YAMLMap[]
  }

  /** The texts of a list under a key. */
  readTexts(key: string): Placed<string>[] {
    const node = this.root.get(key, true) as Node | undefined
    if (node === undefined || (isScalar(node) && node.value === null)) return []
    const items = isSeq<Node>(node) ? node.items : [node]
    return items.flatMap((item) => {
      const value = isScalar(item) ? item.value : undefined
      if (typeof value === 'string' && value !== '') return [{ value, where: this.whereOf(item) }]
      this.refuse(this.whereOf(item), `an entry of ${key} is no text`, 'put symbols such as ON or 123 in quotes')
      return []
    })
  }

  /** A text of a map; undefined, and a problem, where it is missing or none. */
  readText(map: YAMLMap, key: string): Placed<string> | undefined {
    const node = map.get(key, true) as Node | undefined
    const value = isScalar(node) ? node.value : undefined
    if (typeof value === 'string' && value !== '') return { value, where: this.whereOf(node) }
    const what = node === undefined ? `${key} is missing` : `${key} is no text`
    this.refuse(this.whereOf(node ?? map), what, 'put symbols such as ON or 123 in quotes')
    return undefined
  }

  /**
   * A number of a map that passes a test.
   * @param fallback what it is where the key is missing; a problem if not given
   */
  readNumber(
    map: YAMLMap,
    key: string,
    allowed: string,
    accepts: (value: number) => boolean,
    fallback?: number,
  ): Placed<number> | undefined {
    const node = map.get(key, true) as Node | undefined
    if (node === undefined && fallback !== undefined) return { value: fallback, where: this.whereOf(map) }
    const value = isScalar(node) ? node.value : undefined
    if (typeof value === 'number' && Number.isFinite(value) && accepts(value)) {
      return { value, where: this.whereOf(node) }
    }
    const what = node === undefined ? `${key} is missing` : `${key}: found ${JSON.stringify(value ?? null)}`
    this.refuse(this.whereOf(node ?? map), what, `allowed is ${allowed}`)
    return undefined
  }

  #fail(offset: number, what: string, next: string): never {
    const { line, col } = this.#lines.linePos(offset)
    throw new ConfigError([{ where: `${this.#name}:${Math.max(1, line)}:${Math.max(1, col)}`, what, next }])
  }
}

function shorten(path: string): string {
  const short = relative(process.cwd(), resolve(path))
  return short.length < path.length ? short : path
}

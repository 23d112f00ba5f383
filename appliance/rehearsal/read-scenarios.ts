import { readFileSync, statSync } from 'node:fs'
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import { ConfigError, type ConfigProblem } from '../config/config-error.ts'
import { findSetting } from '../config/read-config.ts'
import { Refusal } from '../config/setting-kinds.ts'
import { offsetOf, plainValue } from '../config/yaml-place.ts'
import { parseJournalLine, parseStep } from './parse-step.ts'
import type { JournalExpectation, ReportExpectation, Scenario, ScenarioStep } from './scenario.ts'

const FILE_BYTES_MAX = 1024 * 1024
const SCENARIOS_MAX = 1000
const SYMBOLS_DEFAULT = ['AAA', 'BBB']
const PATIENCE_MS = 5000
const PATIENCE_MS_MAX = 600_000
const KEYS = [
  'name',
  'about',
  'protocol',
  'symbols',
  'strategy',
  'params',
  'set',
  'patienceMs',
  'steps',
  'journal',
  'report',
]
/** Settings that the rehearsal itself needs. */
const OWN_SETTINGS = ['live.feed.lines', 'live.feed.requestServer', 'live.feed.snapshotServer', 'live.entry.server']

/**
 * Reads the scenarios of a file.
 * @throws ConfigError naming every problem by line and column; XkError for a file that cannot be one
 */
export function readScenarios(path: string, defaultStrategy: string): Scenario[] {
  if (statSync(path).size > FILE_BYTES_MAX) {
    const next = 'name a file of scenarios: docs/venue.md shows one'
    throw new XkError({
      code: 'scenario',
      what: 'the file is larger than 1 MiB',
      where: path,
      next,
      exitCode: ExitCode.Usage,
    })
  }
  return parseScenarios(readFileSync(path, 'utf8'), path, defaultStrategy)
}

/** The same from text; `fileName` is what errors call it. */
export function parseScenarios(text: string, fileName: string, defaultStrategy: string): Scenario[] {
  const reader = new ScenarioReader(text, fileName, defaultStrategy)
  const scenarios = reader.read()
  if (reader.problems.length > 0) throw new ConfigError(reader.problems)
  return scenarios
}

class ScenarioReader {
  readonly problems: ConfigProblem[] = []
  readonly #fileName: string
  readonly #strategy: string
  readonly #lines = new LineCounter()
  readonly #document: Document

  constructor(text: string, fileName: string, strategy: string) {
    this.#fileName = fileName
    this.#strategy = strategy
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
  }

  read(): Scenario[] {
    const { errors, contents } = this.#document
    for (const { pos, message } of errors) this.#refuse(pos[0], `not valid YAML: ${message}`, 'indent by blanks')
    if (errors.length > 0) return []
    const list = isMap<Node, Node | null>(contents) ? this.#child(contents, 'scenarios') : undefined
    if (!isSeq<Node>(list) || list.items.length === 0 || list.items.length > SCENARIOS_MAX) {
      this.#refuse(
        offsetOf(contents as Node | null),
        'the file has no scenarios',
        'write scenarios: and a list under it',
      )
      return []
    }
    const scenarios = list.items.flatMap((item) => this.#readScenario(item))
    const names = new Set<string>()
    for (const [index, { name }] of scenarios.entries()) {
      if (names.has(name)) this.#refuse(offsetOf(list.items[index]), `there are two scenarios "${name}"`, 'rename one')
      names.add(name)
    }
    return scenarios
  }

  #readScenario(node: Node): Scenario[] {
    if (!isMap<Node, Node | null>(node)) {
      this.#refuse(offsetOf(node), 'a scenario is a map', `its keys are ${KEYS.join(', ')}`)
      return []
    }
    for (const { key } of node.items) {
      const name = isScalar(key) ? String(key.value) : '?'
      if (KEYS.includes(name)) continue
      const meant = findNearestName(name, KEYS)
      const next = meant === undefined ? `allowed are ${KEYS.join(', ')}` : `did you mean ${meant}?`
      this.#refuse(offsetOf(key), `unknown key "${name}"`, next)
    }
    const symbols = this.#symbols(node)
    const [journal, report] = [this.#journal(node), this.#report(node)]
    return [
      {
        name: this.#text(node, 'name', /^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and dashes') ?? '?',
        about: this.#text(node, 'about', /^.{1,200}$/, 'a sentence') ?? '',
        protocol: this.#optional(node, 'protocol', /^ouch(42|50)$/, 'ouch42 or ouch50', 'ouch50') as 'ouch50',
        symbols,
        strategy: this.#optional(node, 'strategy', /./, 'a path, or the name of a bundled strategy', this.#strategy),
        params: this.#plainMap(node, 'params') as Scenario['params'],
        settings: this.#settings(node),
        patienceMs: Number(
          this.#optional(node, 'patienceMs', /^\d+$/, `from 1 to ${PATIENCE_MS_MAX}`, `${PATIENCE_MS}`),
        ),
        steps: this.#steps(node, symbols),
        journal,
        report,
      },
    ]
  }

  #symbols(node: YAMLMap<Node, Node | null>): readonly string[] {
    const child = this.#child(node, 'symbols')
    if (child === undefined) return SYMBOLS_DEFAULT
    const value = plainValue(this.#document, child)
    const isList = Array.isArray(value) && value.length > 0 && value.length <= 16
    if (isList && value.every((symbol) => typeof symbol === 'string' && /^[A-Z]{1,8}$/.test(symbol))) return value
    this.#refuse(offsetOf(child), 'symbols is no list of symbols', 'write [AAA, BBB]: one to sixteen, capital letters')
    return SYMBOLS_DEFAULT
  }

  #settings(node: YAMLMap<Node, Node | null>): Scenario['settings'] {
    const child = this.#child(node, 'set')
    if (!isMap<Node, Node | null>(child)) {
      if (child !== undefined) this.#refuse(offsetOf(child), 'set is no map', 'write live.feed.gapPatienceMs: 300')
      return {}
    }
    const settings: Record<string, unknown> = {}
    for (const { key, value } of child.items) {
      const name = isScalar(key) ? String(key.value) : '?'
      const plain = plainValue(this.#document, value)
      const setting = OWN_SETTINGS.includes(name) ? undefined : findSetting(name)
      const parsed = setting?.parse(plain)
      if (setting === undefined)
        this.#refuse(offsetOf(key), `"${name}" cannot be set`, 'docs/configuration.md lists all')
      else if (parsed instanceof Refusal)
        this.#refuse(offsetOf(value), `${name} cannot be that`, `allowed is ${parsed.allowed}`)
      settings[name] = plain
    }
    return settings
  }

  #steps(node: YAMLMap<Node, Node | null>, symbols: readonly string[]): ScenarioStep[] {
    const child = this.#child(node, 'steps')
    if (!isSeq<Node>(child) || child.items.length === 0) {
      this.#refuse(offsetOf(child ?? node), 'the scenario has no steps', 'write steps: and a list under it')
      return []
    }
    return child.items.flatMap((item) => {
      const offset = offsetOf(item)
      const text = isScalar(item) && typeof item.value === 'string' ? item.value : ''
      const step = parseStep(text, this.#lines.linePos(offset).line, symbols)
      if ('verb' in step) return [step]
      this.#refuse(offset, step.what, step.next)
      return []
    })
  }

  #journal(node: YAMLMap<Node, Node | null>): JournalExpectation[] {
    return this.#pairs(node, 'journal').flatMap(({ key, value }) => {
      const offset = offsetOf(key)
      const text = isScalar(key) ? String(key.value) : ''
      const found = parseJournalLine(text, plainValue(this.#document, value), this.#lines.linePos(offset).line)
      if ('type' in found) return [found]
      this.#refuse(offset, found.what, found.next)
      return []
    })
  }

  #report(node: YAMLMap<Node, Node | null>): ReportExpectation[] {
    return this.#pairs(node, 'report').map(({ key, value }) => {
      const path = isScalar(key) ? String(key.value) : ''
      const wanted = String(plainValue(this.#document, value))
      const { line } = this.#lines.linePos(offsetOf(key))
      return { line, text: `${path}: ${wanted}`, path, value: wanted }
    })
  }

  #pairs(node: YAMLMap<Node, Node | null>, key: string): Pair<Node, Node | null>[] {
    const child = this.#child(node, key)
    if (child === undefined) return []
    if (isMap<Node, Node | null>(child)) return child.items
    this.#refuse(offsetOf(child), `${key} is no map`, 'write what is expected, a colon, and how much')
    return []
  }

  #plainMap(node: YAMLMap<Node, Node | null>, key: string): Record<string, unknown> {
    return Object.fromEntries(
      this.#pairs(node, key).map((pair) => [
        String((pair.key as { value?: unknown }).value),
        plainValue(this.#document, pair.value),
      ]),
    )
  }

  #text(node: YAMLMap<Node, Node | null>, key: string, allowed: RegExp, say: string): string | undefined {
    const child = this.#child(node, key)
    const value = child === undefined ? undefined : plainValue(this.#document, child)
    if (['string', 'number'].includes(typeof value) && allowed.test(String(value))) return String(value)
    this.#refuse(
      offsetOf(child ?? node),
      child === undefined ? `${key} is missing` : `${key} cannot be that`,
      `it is ${say}`,
    )
    return undefined
  }

  #optional(node: YAMLMap<Node, Node | null>, key: string, allowed: RegExp, say: string, otherwise: string): string {
    return this.#child(node, key) === undefined ? otherwise : (this.#text(node, key, allowed, say) ?? otherwise)
  }

  #child(node: YAMLMap<Node, Node | null>, key: string): Node | undefined {
    return node.items.find((item) => isScalar(item.key) && item.key.value === key)?.value ?? undefined
  }

  #refuse(offset: number, what: string, next: string): void {
    const { line, col } = this.#lines.linePos(offset)
    this.problems.push({ where: `${this.#fileName}:${Math.max(1, line)}:${Math.max(1, col)}`, what, next })
  }
}

import {
  COMMON_PARAMS,
  type DurationParam,
  type IntegerParam,
  type NumberParam,
  type ParamDeclaration,
  type ParamDeclarations,
  type ParamValue,
} from '../../strategies/plugin/params.ts'
import { SYMBOL_BYTES } from '../records/catalogue.ts'
import { ParamError, PluginLoadError } from './errors.ts'

/** Values as a command line or a configuration gives them. */
export type GivenParams = Readonly<Record<string, unknown>>

const TYPES: readonly string[] = ['integer', 'number', 'duration', 'boolean', 'text', 'choice', 'symbols']
const NS_PER_UNIT: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 60e9 }

/** A strategy's own declaration with the parameters that every strategy has. */
export function withCommonParams(declared: ParamDeclarations): ParamDeclarations {
  return { ...COMMON_PARAMS, ...declared }
}

/**
 * Checks given values against a strategy's declaration and fills in the defaults.
 * @param strategy its name, for messages
 * @param path the plugin's file: defaults that break their own rules are its fault
 * @throws ParamError for a wrong name or value, PluginLoadError for a wrong declaration
 */
export function resolveParams(
  strategy: string,
  path: string,
  declared: ParamDeclarations,
  given: GivenParams,
): Readonly<Record<string, ParamValue>> {
  const all = withCommonParams(declared)
  const values: Record<string, ParamValue> = {}
  for (const [name, declaration] of Object.entries(all)) {
    assertDeclaration(name, declaration, path)
    values[name] = readDefault(name, declaration, path)
  }
  for (const [name, value] of Object.entries(given)) {
    const declaration = Object.hasOwn(all, name) ? all[name] : undefined
    if (declaration === undefined) throw unknownParam(strategy, name, Object.keys(all))
    values[name] = readValue(`parameter ${name} of strategy ${strategy}`, declaration, value)
  }
  return values
}

function assertDeclaration(name: string, declaration: ParamDeclaration, path: string): void {
  if (typeof declaration !== 'object' || declaration === null || !TYPES.includes(declaration.type)) {
    throw new PluginLoadError(`parameter ${name} has no type that exists`, path, `types are ${TYPES.join(', ')}`)
  }
  const common: ParamDeclaration | undefined = COMMON_PARAMS[name as keyof typeof COMMON_PARAMS]
  if (common !== undefined && common.type !== declaration.type) {
    throw new PluginLoadError(`parameter ${name} is one that every strategy has, of type ${common.type}`, path)
  }
}

function readDefault(name: string, declaration: ParamDeclaration, path: string): ParamValue {
  try {
    return readValue(`the default of parameter ${name}`, declaration, declaration.default)
  } catch (error) {
    if (error instanceof ParamError) throw new PluginLoadError(error.message, path, 'correct the declaration')
    throw error
  }
}

/** @throws ParamError */
function readValue(where: string, declaration: ParamDeclaration, value: unknown): ParamValue {
  switch (declaration.type) {
    case 'integer':
    case 'number':
      return readNumber(where, declaration, value)
    case 'duration':
      return readDuration(where, declaration, value)
    case 'boolean':
      if (typeof value === 'boolean') return value
      if (value === 'true') return true
      if (value === 'false') return false
      throw refuse(where, value, 'give true or false')
    case 'text':
      if (typeof value === 'string' && value.length <= 256) return value
      throw refuse(where, value, 'give a text of at most 256 characters')
    case 'choice':
      if (typeof value === 'string' && declaration.choices.includes(value)) return value
      throw refuse(where, value, `give one of ${declaration.choices.join(', ')}`)
    case 'symbols':
      return readSymbols(where, value)
  }
}

const NUMBER_AND_UNIT = /^([+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z%-]*)$/i

function splitUnit(where: string, value: unknown, advice: string): { amount: number; unit: string } {
  if (typeof value === 'number' && Number.isFinite(value)) return { amount: value, unit: '' }
  const found = typeof value === 'string' ? NUMBER_AND_UNIT.exec(value.trim()) : null
  const digits = found?.[1]?.replaceAll('_', '') ?? ''
  const amount = Number(digits)
  if (found === null || digits === '' || !Number.isFinite(amount)) throw refuse(where, value, advice)
  return { amount, unit: found[2] ?? '' }
}

function readNumber(where: string, declaration: IntegerParam | NumberParam, value: unknown): number {
  const advice = `give ${describeRange(declaration)}`
  const { amount, unit } = splitUnit(where, value, advice)
  if (unit !== '' && unit !== declaration.unit) {
    const expected = declaration.unit === undefined ? 'it takes no unit' : `it is in ${declaration.unit}`
    throw refuse(where, value, `${expected}; ${advice}`)
  }
  if (declaration.type === 'integer' && !Number.isSafeInteger(amount)) throw refuse(where, value, advice)
  return assertRange(where, declaration, amount, value, advice)
}

function readDuration(where: string, declaration: DurationParam, value: unknown): number {
  const least = declaration.min === undefined ? '' : ` of at least ${declaration.min}ns`
  const most = declaration.max === undefined ? '' : ` and at most ${declaration.max}ns`
  const advice = `give a duration${least}${most}, such as 250us, 5ms or 1.5s`
  const { amount, unit } = splitUnit(where, value, advice)
  const scale = unit === '' ? 1 : NS_PER_UNIT[unit]
  if (scale === undefined) throw refuse(where, value, `units are ${Object.keys(NS_PER_UNIT).join(', ')}; ${advice}`)
  return assertRange(where, declaration, Math.round(amount * scale), value, advice)
}

function assertRange(
  where: string,
  range: { readonly min?: number; readonly max?: number },
  amount: number,
  value: unknown,
  advice: string,
): number {
  if (amount < (range.min ?? Number.NEGATIVE_INFINITY) || amount > (range.max ?? Number.POSITIVE_INFINITY)) {
    throw refuse(where, value, advice)
  }
  return amount === 0 ? 0 : amount
}

function describeRange(declaration: IntegerParam | NumberParam): string {
  const kind = declaration.type === 'integer' ? 'a whole number' : 'a number'
  const unit = declaration.unit === undefined ? '' : ` of ${declaration.unit}`
  const { min, max } = declaration
  if (min !== undefined && max !== undefined) return `${kind}${unit} from ${min} to ${max}`
  if (min !== undefined) return `${kind}${unit}, at least ${min}`
  if (max !== undefined) return `${kind}${unit}, at most ${max}`
  return `${kind}${unit}`
}

function readSymbols(where: string, value: unknown): readonly string[] {
  const list: unknown = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value
  const advice = 'give symbols with commas between them, such as AAPL,MSFT'
  if (!Array.isArray(list)) throw refuse(where, value, advice)
  const symbols = list.filter((symbol) => symbol !== '')
  for (const symbol of symbols) {
    const isSymbol = typeof symbol === 'string' && /^[\x21-\x7e]+$/.test(symbol) && symbol.length <= SYMBOL_BYTES
    if (!isSymbol) throw refuse(where, value, advice)
  }
  return symbols
}

function refuse(where: string, value: unknown, next: string): ParamError {
  return new ParamError(`${JSON.stringify(value) ?? String(value)} is not a value it takes`, where, next)
}

function unknownParam(strategy: string, name: string, names: readonly string[]): ParamError {
  const nearest = findNearest(name, names)
  const next = nearest === undefined ? `it has ${names.join(', ')}` : `did you mean ${nearest}?`
  return new ParamError(`there is no parameter "${name}"`, `strategy ${strategy}`, next)
}

/** The name that differs in the fewest insertions, deletions, exchanges, if these are few for its length. */
export function findNearest(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const exchange = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(exchange, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}

import { describe, expect, test } from 'vitest'
import { ParamError, PluginLoadError } from '../../kernels/strategy/errors.ts'
import { findNearest, resolveParams } from '../../kernels/strategy/params.ts'
import type { ParamDeclarations } from '../../strategies/plugin/params.ts'

const DECLARED = {
  size: { type: 'integer', default: 100, min: 1, max: 1000, unit: 'shares', about: 'quantity' },
  skew: { type: 'number', default: 1.5, min: 0, unit: 'ticks', about: 'shift' },
  coolDown: { type: 'duration', default: 5_000_000, min: 1000, about: 'pause' },
  passive: { type: 'boolean', default: true, about: 'join only' },
  mode: { type: 'choice', choices: ['join', 'improve'], default: 'join', about: 'how' },
  note: { type: 'text', default: '', about: 'free' },
} as const satisfies ParamDeclarations

const resolve = (given: Record<string, unknown>) => resolveParams('demo', 'demo.ts', DECLARED, given)

test('values left out take their defaults, and every strategy has symbols and symbolsMax', () => {
  expect(resolve({})).toEqual({
    size: 100,
    skew: 1.5,
    coolDown: 5_000_000,
    passive: true,
    mode: 'join',
    note: '',
    symbols: [],
    symbolsMax: 64,
  })
})

describe('values are taken as text or as what they are', () => {
  test.each([
    ['size', '250', 250],
    ['size', '1_000', 1000],
    ['size', '250shares', 250],
    ['size', 250, 250],
    ['skew', '-0', 0],
    ['skew', '2e1', 20],
    ['coolDown', '5ms', 5_000_000],
    ['coolDown', '250us', 250_000],
    ['coolDown', '1.5s', 1_500_000_000],
    ['coolDown', '2min', 120_000_000_000],
    ['coolDown', 1000, 1000],
    ['passive', 'false', false],
    ['mode', 'improve', 'improve'],
    ['symbols', 'AAPL, MSFT', ['AAPL', 'MSFT']],
    ['symbols', ['AAPL'], ['AAPL']],
    ['symbolsMax', '3', 3],
  ])('%s=%s', (name, given, expected) => {
    expect(resolve({ [name]: given })[name]).toEqual(expected)
  })
})

describe('a wrong value says what is allowed', () => {
  test.each([
    ['size', '0', 'give a whole number of shares from 1 to 1000'],
    ['size', '1.5', 'give a whole number of shares from 1 to 1000'],
    ['size', 'many', 'give a whole number of shares from 1 to 1000'],
    ['size', '100ms', 'it is in shares; give a whole number of shares from 1 to 1000'],
    ['size', '', 'give a whole number'],
    ['skew', '-1', 'give a number of ticks, at least 0'],
    ['skew', 'NaN', 'give a number of ticks, at least 0'],
    ['coolDown', '5', 'give a duration of at least 1000ns, such as 250us, 5ms or 1.5s'],
    ['coolDown', '5h', 'units are ns, us, ms, s, min'],
    ['passive', 'yes', 'give true or false'],
    ['mode', 'jion', 'give one of join, improve'],
    ['note', 3, 'give a text of at most 256 characters'],
    ['symbols', 'AAPL,ein zu langes Symbol', 'give symbols with commas'],
    ['symbols', 3, 'give symbols with commas'],
  ])('%s=%s', (name, given, advice) => {
    const fail = () => resolve({ [name]: given })
    expect(fail).toThrow(ParamError)
    expect(fail).toThrow(advice)
    expect(fail).toThrow(`parameter ${name} of strategy demo`)
  })
})

test('an unknown name gets the nearest one suggested, or all of them', () => {
  expect(() => resolve({ cooldown: '5ms' })).toThrow(
    'there is no parameter "cooldown" (strategy demo): did you mean coolDown?',
  )
  expect(() => resolve({ sise: 1 })).toThrow('did you mean size?')
  expect(() => resolve({ leverage: 1 })).toThrow(
    'it has symbols, symbolsMax, size, skew, coolDown, passive, mode, note',
  )
  expect(() => resolve({ constructor: 1 })).toThrow('there is no parameter "constructor"')
  expect(findNearest('xyz', ['size'])).toBeUndefined()
})

test('a declaration that breaks its own rules is the fault of the plugin', () => {
  const broken = { size: { type: 'integer', default: 0, min: 1, about: '' } } as const
  expect(() => resolveParams('demo', 'demo.ts', broken, {})).toThrow(PluginLoadError)
  const typeless = { size: { type: 'int', default: 1, about: '' } } as unknown as ParamDeclarations
  expect(() => resolveParams('demo', 'demo.ts', typeless, {})).toThrow('types are integer, number')
  const taken = { symbols: { type: 'text', default: '', about: '' } } as const
  expect(() => resolveParams('demo', 'demo.ts', taken, {})).toThrow('one that every strategy has, of type symbols')
})

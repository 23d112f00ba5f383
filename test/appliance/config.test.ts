import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listBundledStrategies } from '../../appliance/config/bundled-strategies.ts'
import { ConfigError } from '../../appliance/config/config-error.ts'
import { buildConfig, findSetting, listSettings, readConfig } from '../../appliance/config/read-config.ts'
import { renderSettingsPage } from '../../appliance/config/settings-page.ts'

const EXAMPLE_PATH = new URL('../../appliance/config/example.yaml', import.meta.url).pathname

function refuse(text: string | undefined, overrides: Parameters<typeof buildConfig>[2] = []): ConfigError {
  try {
    buildConfig(text, 'my.yaml', overrides, '/work-folder')
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

describe('the configuration', () => {
  test('is complete without a file', () => {
    const config = readConfig(undefined, [], '/work-folder')
    expect(config.venue).toEqual({
      feedLatencyNs: 5_000,
      entryLatencyNs: 20_000,
      responseLatencyNs: 20_000,
      gateLatencyNs: 10_000,
    })
    expect(config.journal.folder).toBe('/work-folder/.xk/journal')
    expect(config.cores).toBe('auto')
  })

  test('of the example file is what its comments say: the defaults, key by key', () => {
    const example = readConfig(EXAMPLE_PATH, [], '/')
    const defaults = readConfig(undefined, [], '/')
    const strategies = [
      { path: 'inventory-skew-maker', params: { size: 100, skew: 3 } },
      { path: 'queue-imbalance-taker', params: {} },
    ]
    const folder = new URL('../../.xk/journal', import.meta.url).pathname
    expect(strategies.map(({ path }) => path)).toEqual(listBundledStrategies())
    expect(example).toEqual({ ...defaults, strategies, journal: { ...defaults.journal, folder } })
  })

  test('in the example names every setting', () => {
    const text = readFileSync(EXAMPLE_PATH, 'utf8')
    for (const [key] of listSettings()) expect(text).toContain(`${key.split('.').at(-1)}:`)
  })

  test('has a default that its own rule accepts, for every setting', () => {
    for (const [key, setting] of listSettings()) expect(setting.parse(setting.fallback), key).toEqual(setting.fallback)
  })

  test('resolves paths of a file against its folder and those of flags against the working folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'xk-config-'))
    const path = join(folder, 'a.yaml')
    writeFileSync(path, 'feed: { files: [day.pcap] }\nstrategies: [inventory-skew-maker, ./mine.ts]\n')
    const override = { key: 'journal.folder', value: 'logs', flag: '--journal logs' }
    const config = readConfig(path, [override], '/elsewhere')
    expect(config.feed.files).toEqual([join(folder, 'day.pcap')])
    expect(config.strategies.map((strategy) => strategy.path)).toEqual([
      'inventory-skew-maker',
      join(folder, 'mine.ts'),
    ])
    expect(config.journal.folder).toBe('/elsewhere/logs')
  })

  test('accepts grouped digits and units of bytes', () => {
    const config = buildConfig('rings: { inboundBytes: 32 MiB }\nvenue: { feedLatencyNs: 1_500 }', 'a.yaml', [], '/')
    expect(config.rings.inboundBytes).toBe(32 * 1024 * 1024)
    expect(config.venue.feedLatencyNs).toBe(1500)
  })

  test('lets an override win over the file', () => {
    const override = { key: 'seed', value: '9', flag: '--seed 9' }
    expect(buildConfig('seed: 3', 'a.yaml', [override], '/').seed).toBe(9)
  })
})

describe('a wrong configuration', () => {
  const cases: [name: string, text: string, where: string, what: RegExp, next: RegExp][] = [
    ['an unknown key', 'seed: 1\nvenu: {}\n', 'my.yaml:2:1', /unknown key "venu"/, /did you mean venue\?/],
    [
      'an unknown inner key',
      'venue:\n  feedLatency: 1\n',
      'my.yaml:2:3',
      /venue\.feedLatency/,
      /venue\.feedLatencyNs\?/,
    ],
    ['a key of another section', 'maxQuantity: 1\n', 'my.yaml:1:1', /"maxQuantity"/, /gate\.maxQuantity\?/],
    ['a text for a number', 'gate:\n  maxQuantity: many\n', 'my.yaml:2:16', /found "many"/, /whole number from 0/],
    ['a fraction', 'seed: 1.5', 'my.yaml:1:7', /seed: found 1\.5/, /a whole number/],
    ['a negative latency', 'venue: { feedLatencyNs: -1 }', 'my.yaml:1:25', /found -1/, /from 0 to 60,000,000,000/],
    ['a misspelt word', 'layout: inlin', 'my.yaml:1:9', /found "inlin"/, /processes, inline; did you mean inline\?/],
    ['a ring that is no power of two', 'rings:\n  outboundBytes: 5000', 'my.yaml:2:18', /5000/, /power of two/],
    ['a map for a number', 'seed: { a: 1 }', 'my.yaml:1:7', /found {"a":1}/, /whole number/],
    ['a value for a section', 'venue: 5', 'my.yaml:1:8', /venue: found 5/, /feedLatencyNs/],
    ['a list of the whole', '- 1\n- 2', 'my.yaml:1:1', /no keys/, /instance, feed/],
    ['a strategy without a path', 'strategies:\n  - params: {}', 'my.yaml:2:5', /strategies\.0/, /a path/],
    ['a strategy with another key', 'strategies:\n  - path: a\n    param: 1', 'my.yaml:3:5', /"param"/, /params\?/],
    [
      'a list as parameter',
      'strategies:\n  - path: a\n    params: { x: [1] }',
      'my.yaml:3:18',
      /found \[1\]/,
      /number/,
    ],
    ['an unknown kernel', 'cores: { iO: 1 }', 'my.yaml:1:10', /unknown kernel "iO"/, /did you mean io\?/],
    ['a core that is none', 'cores: { io: -1 }', 'my.yaml:1:14', /cores\.io: found -1/, /from 0 to 1023/],
    ['a key twice', 'seed: 1\nseed: 2', 'my.yaml:2:1', /not valid YAML/, /once/],
    ['broken YAML', 'seed: [1', 'my.yaml:1:9', /not valid YAML/, /key: value/],
    ['an alias without its anchor', 'seed: *one', 'my.yaml:1:1', /alias/, /write the value out/],
    ['an empty path', 'feed:\n  files: [a, ""]', 'my.yaml:2:14', /feed\.files\.1: found ""/, /a path/],
    ['an impossible instance', 'instance: A/B', 'my.yaml:1:11', /"A\/B"/, /lower-case/],
  ]
  test.each(cases)('with %s is refused at its place, with what is allowed', (_name, text, where, what, next) => {
    const error = refuse(text)
    expect(error.where).toBe(where)
    expect(error.what).toMatch(what)
    expect(error.next).toMatch(next)
    expect(error.exitCode).toBe(2)
  })

  test('has all its problems named at once', () => {
    const error = refuse('seed: x\nlayout: y\nspeed: z\n')
    expect(error.problems.map((problem) => problem.where)).toEqual(['my.yaml:1:7', 'my.yaml:2:9', 'my.yaml:3:8'])
  })

  test('on the command line is refused by its flag', () => {
    const error = refuse(undefined, [{ key: 'venue.feedLatencyNS', value: '1', flag: '--set venue.feedLatencyNS=1' }])
    expect(error.where).toBe('--set venue.feedLatencyNS=1')
    expect(error.next).toBe('did you mean venue.feedLatencyNs?')
  })

  test('with a reserve larger than half its ring is refused', () => {
    expect(refuse('rings: { inboundBytes: 64 KiB, inboundReserveBytes: 64 KiB }').what).toMatch(/more than half/)
  })

  test('is never answered by anything but a configuration error, whatever the bytes', () => {
    const text = readFileSync(EXAMPLE_PATH, 'utf8')
    let state = 12345
    const next = (bound: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return state % bound
    }
    for (let round = 0; round < 300; round++) {
      const at = next(text.length)
      const damaged = `${text.slice(0, at)}${String.fromCharCode(next(128))}${text.slice(at + next(20))}`
      try {
        buildConfig(damaged, 'damaged.yaml', [], '/')
      } catch (error) {
        expect(error, `seed 12345, round ${round}`).toBeInstanceOf(ConfigError)
      }
    }
  })
})

test('a prototype name is not a setting', () => {
  expect(findSetting('constructor')).toBeUndefined()
  expect(findSetting('venue.__proto__')).toBeUndefined()
  expect(refuse('constructor: 1').what).toMatch(/unknown key/)
})

test('the page of settings is what the table of settings says', async () => {
  // After a change of the table: npx vitest run test/appliance/config -u
  await expect(renderSettingsPage()).toMatchFileSnapshot('../../docs/configuration.md')
})

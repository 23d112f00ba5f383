import { describe, expect, test } from 'vitest'
import { parseStep } from '../../../appliance/rehearsal/parse-step.ts'
import { parseScenarios, readScenarios } from '../../../appliance/rehearsal/read-scenarios.ts'
import { BUNDLED_SCENARIOS } from '../../../appliance/rehearsal/rehearse.ts'
import { ExitCode, XkError } from '../../../kernels/host/xk-error.ts'

/** What an error says of a file. */
function refusalOf(text: string): string {
  try {
    parseScenarios(text, 'mine.yaml', 'plugin.ts')
  } catch (error) {
    if (error instanceof XkError && error.exitCode === ExitCode.Usage) return error.message
    throw error
  }
  return 'nothing'
}

const HEAD = 'scenarios:\n  - name: one\n    about: Something.\n'

describe('a file of scenarios', () => {
  test('is read with the lines of its steps and expectations', () => {
    const text = `${HEAD}    symbols: [XYZ]\n    set: {live.feed.gapPatienceMs: 300}\n    steps:\n      - ask XYZ 100 10.05\n      - expect enter XYZ\n    journal:\n      filled quantity=100: ">=1"\n    report:\n      live.feed.gaps: 0\n`
    const [scenario] = parseScenarios(text, 'mine.yaml', 'plugin.ts')
    expect(scenario).toMatchObject({
      name: 'one',
      protocol: 'ouch50',
      strategy: 'plugin.ts',
      settings: { 'live.feed.gapPatienceMs': 300 },
      steps: [
        { line: 7, verb: 'ask', words: ['XYZ', '100', '10.05'] },
        { line: 8, verb: 'expect', words: ['enter', 'XYZ'] },
      ],
      journal: [{ line: 10, type: 'filled', fields: [['quantity', '100']], least: 1 }],
      report: [{ line: 12, path: 'live.feed.gaps', value: '0' }],
    })
  })

  test.each([
    ['steps that are none', `${HEAD}    steps:\n      - aks AAA 1 1\n`, 'mine.yaml:5:9', 'did you mean ask'],
    ['a symbol that is not there', `${HEAD}    steps:\n      - ask ZZZ 1 1\n`, 'mine.yaml:5:9', '"ZZZ"'],
    ['a price that is none', `${HEAD}    steps:\n      - ask AAA 1 10.00005\n`, 'mine.yaml:5:9', 'no price'],
    ['a fault that is none', `${HEAD}    steps:\n      - fault a.los=1\n`, 'mine.yaml:5:9', 'a.loss'],
    ['what no wire carries', `${HEAD}    steps:\n      - expect etner AAA\n`, 'mine.yaml:5:9', 'etner'],
    ['unknown keys', `${HEAD}    stpes: []\n    steps: [reset]\n`, 'mine.yaml:4:5', 'did you mean steps'],
    ['records that are none', `${HEAD}    steps: [reset]\n    journal:\n      fill: 1\n`, 'mine.yaml:6:7', 'filled'],
    [
      'fields that are none',
      `${HEAD}    steps: [reset]\n    journal:\n      filled size=1: 1\n`,
      'mine.yaml:6:7',
      'quantity',
    ],
    [
      'settings that are none',
      `${HEAD}    set: {live.feed.patience: 1}\n    steps: [reset]\n`,
      'mine.yaml:4:11',
      'patience',
    ],
    [
      'values that cannot be',
      `${HEAD}    set: {live.feed.gapPatienceMs: no}\n    steps: [reset]\n`,
      'mine.yaml:4:',
      'allowed',
    ],
    ['a missing name', 'scenarios:\n  - about: Something.\n    steps: [reset]\n', 'mine.yaml:2:5', 'name is missing'],
    [
      'two of one name',
      `${HEAD}    steps: [reset]\n  - name: one\n    about: Again.\n    steps: [reset]\n`,
      ':5:5',
      'two',
    ],
    ['no YAML', 'scenarios: [', 'mine.yaml:1:', 'not valid YAML'],
    ['no scenarios', 'steps: []', 'mine.yaml:1:1', 'no scenarios'],
  ])('is refused for %s', (_what, text, where, hint) => {
    const refusal = refusalOf(text)
    expect(refusal).toContain(where)
    expect(refusal).toContain(hint)
  })

  test('may be nonsense of any kind', () => {
    for (const text of [
      '',
      '[]',
      '3',
      'scenarios: 3',
      'scenarios: [3]',
      'scenarios: [{steps: 3}]',
      '- *a',
      `${HEAD}`,
    ]) {
      expect(refusalOf(text)).toContain('mine.yaml:')
    }
  })

  test('that comes along is one', () => {
    const names = readScenarios(BUNDLED_SCENARIOS, 'plugin.ts').map(({ name }) => name)
    expect(names.length).toBeGreaterThanOrEqual(12)
  })
})

test('a step says what it lacks', () => {
  expect(parseStep('halt', 3, ['AAA'])).toEqual({
    what: 'halt: takes 1 words, not 0',
    next: expect.stringContaining('halt SYMBOL'),
  })
})

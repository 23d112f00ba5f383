import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareLives } from '../../appliance/rehearsal/compare-lives.ts'
import type { PassSheet } from '../../appliance/rehearsal/sheet.ts'
import type { VenueOrderFacts } from '../../appliance/venue/venue-orders.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { createTempFolder, runXk } from './support/run-xk.ts'

/* Rehearsals with real appliances: those that come along pass, and what is not as it should be fails the sheet. */

const folder = createTempFolder('rehearsal')
const JOBS = ['--jobs', '3']

/** Steps that the bundled strategy follows when it is one cent away from the ask: it enters, and is filled. */
const ENTRY = ['bid AAA 500 10.00', 'ask AAA 500 10.05', 'expect enter AAA buy 100 10.04']
const STEPS = [...ENTRY, 'sell AAA 100 10.04']

function writeScenario(name: string, lines: string, begin = STEPS): string {
  const path = join(folder, `${name}.yaml`)
  const steps = begin.map((step) => `      - ${step}\n`).join('')
  writeFileSync(path, `scenarios:\n  - name: ${name}\n    about: For a test.\n    steps:\n${steps}${lines}`)
  return path
}

async function rehearse(...args: string[]): Promise<{ code: number | null; sheet: PassSheet }> {
  const run = await runXk(['venue', '--json', ...JOBS, ...args], folder)
  expect(run.stdout, run.stderr).toContain('"scenarios"')
  return { code: run.code, sheet: JSON.parse(run.stdout) }
}

const failures = (sheet: PassSheet) =>
  sheet.scenarios.flatMap(({ name, rows }) => rows.filter((row) => !row.isPassed).map((row) => ({ name, ...row })))

describe('a rehearsal', () => {
  test('of the scenarios that come along, and of the one in the documentation, passes', {
    timeout: 600_000,
  }, async () => {
    const bundled = join(findPackageRoot(), 'appliance', 'rehearsal', 'certification.yaml')
    const page = readFileSync(join(findPackageRoot(), 'docs', 'venue.md'), 'utf8')
    const documented = join(folder, 'documented.yaml')
    writeFileSync(documented, /```yaml\n([\s\S]*?)```/.exec(page)![1]!)
    const { code, sheet } = await rehearse('--script', bundled, documented)
    expect(failures(sheet)).toEqual([])
    expect(code).toBe(ExitCode.Ok)
    expect(sheet).toMatchObject({ isPassed: true, failed: 0 })
  })

  test('fails an appliance that does something else, and one that does more', { timeout: 300_000 }, async () => {
    const other = writeScenario('other-price', '    params: {distance: 3}\n')
    const more = writeScenario('one-too-many', '      - ask AAA 500 10.07\n      - quiet 60000\n', ENTRY)
    const wrongJournal = writeScenario('journal', '    journal:\n      filled: 2\n')
    const { code, sheet } = await rehearse('--script', other, more, wrongJournal)
    expect(code).toBe(ExitCode.Rehearsal)
    expect(sheet).toMatchObject({ isPassed: false, passed: 0, failed: 3 })
    expect(failures(sheet)).toMatchObject([
      { name: 'other-price', line: 7, text: 'enter AAA buy 100 10.04', seen: 'enter AAA buy 100 10.02' },
      { name: 'one-too-many', line: 9, text: 'quiet 60000', seen: 'replace AAA buy 100 10.06' },
      { name: 'journal', line: 10, text: 'journal: filled: 2', seen: '1' },
    ])
  })

  test('fails a journal that is not the venue’s record', { timeout: 120_000 }, async () => {
    const { sheet } = await rehearse('--script', writeScenario('lives', ''))
    const { journal } = sheet.scenarios[0]!
    const order: VenueOrderFacts = {
      user: 'firm',
      token: '00000000000001',
      userRefNum: 1,
      symbol: 'AAA',
      side: 'buy',
      price: 100_400,
      shares: 100,
      stage: 'Filled',
      acceptedPrice: 100_400,
      acceptedShares: 100,
      executions: 1,
      executedShares: 100,
      executedValue: 10_040_000,
      cancelledShares: 0,
      reason: '',
    }
    const account = { shares: { AAA: 100 }, cash: -10_040_000 }
    const breaksOf = (change: Partial<VenueOrderFacts>) =>
      compareLives(journal, [{ ...order, ...change }], account).breaks
    expect(breaksOf({})).toEqual([])
    const changes: Partial<VenueOrderFacts>[] = [
      { symbol: 'BBB' },
      { side: 'sell' },
      { stage: 'Cancelled' },
      { executions: 2 },
      { executedShares: 99 },
      { executedValue: 10_039_999 },
      { acceptedPrice: 100_300 },
    ]
    for (const change of changes) expect(breaksOf(change), JSON.stringify(change)).toHaveLength(1)
    // The venue has one that the journal does not know; the journal's own is missing.
    expect(breaksOf({ token: '00000000000002' })).toHaveLength(2)
    expect(compareLives(journal, [order], { ...account, cash: 0 }).breaks).toHaveLength(1)
    expect(compareLives(journal, [order], { ...account, shares: {} }).breaks).toHaveLength(1)
  })

  test('of scenarios that cannot be says where, and ends with a usage error', { timeout: 60_000 }, async () => {
    const path = writeScenario('broken', '      - aks AAA 500 10.07\n')
    const run = await runXk(['venue', '--script', path], folder)
    expect(run.code).toBe(ExitCode.Usage)
    expect(run.stderr).toContain(`${path}:9:9`)
    expect((await runXk(['venue', '--script', '--only', 'nothing'], folder)).code).toBe(ExitCode.Usage)
  })
})

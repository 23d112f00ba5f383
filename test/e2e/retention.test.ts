import { existsSync, readdirSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { createTempFolder, replayJson, runXk } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/* Runs that keep so many journals and no more. */

const folder = createTempFolder('retention')
const CATALOGUED = ['--set', 'journal.catalogue=true', '--set', 'journal.folder=kept', '--layout', 'inline']

/** As if nothing had been written to it since. */
function age(journal: string, day: string): void {
  for (const name of readdirSync(journal)) utimesSync(join(journal, name), new Date(day), new Date(day))
}

async function catalogued(): Promise<string[]> {
  const { stdout } = await runXk(
    ['journal', 'query', 'SELECT session FROM sessions', '--journals', 'kept', '--json'],
    folder,
  )
  return (JSON.parse(stdout) as { rows: { session: string }[] }).rows.map(({ session }) => session).sort()
}

test('a run removes what is beyond journal.keepCount, but not what its day began with', {
  timeout: 180_000,
}, async () => {
  const day = await writeSampleDay(folder, 2_000)
  const paths: string[] = []
  for (let run = 0; run < 3; run++) {
    const { journal, pruned } = await replayJson([day, ...CATALOGUED], folder)
    expect(pruned.removed).toEqual([])
    paths.push(journal.path)
  }
  paths.forEach((path, i) => {
    age(path, `2020-01-0${i + 1}`)
  })
  const start = ['--start-of-day', join(paths[0]!, 'end-of-day.yaml')]
  const limits = ['--set', 'journal.keepCount=2']
  const last = await replayJson([day, ...CATALOGUED, ...start, ...limits], folder)
  expect(last.pruned.removed).toEqual([paths[1], paths[2]])
  expect(last.pruned.bytes).toBeGreaterThan(0)
  expect(last.warnings.filter((line) => line.includes('journals'))).toEqual([])
  const left = [paths[0]!, last.journal.path]
  expect(paths.filter((path) => existsSync(path))).toEqual(left.slice(0, 1))
  const sessions = await catalogued()
  expect(sessions).toEqual(left.map((path) => basename(path)).sort())
  await runXk(['journal', 'reindex', 'kept'], folder)
  expect(await catalogued()).toEqual(sessions)
})

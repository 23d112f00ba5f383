import { expect, test } from 'vitest'
import { type BannedUse, findAmbient, findAsync, namesIn } from './banned-calls.ts'
import { PRODUCT_FILES, placeOf } from './source-files.ts'
import { parseFile, type SyntaxNode } from './syntax.ts'

/** Code whose output is a function of its input alone. */
const DETERMINISTIC = ['kernels/records/', 'kernels/strategy/', 'feeds/', 'strategies/']

/** Files under these paths prepare before the loop starts, read files on helper threads or write them. */
const MAY_SUSPEND = [
  'feeds/capture/',
  'feeds/inspect/',
  'feeds/generate/generate-session.ts',
  'feeds/generate/output-file.ts',
  'kernels/strategy/bundle.ts',
  'kernels/strategy/bundle-file.ts',
  'kernels/strategy/bundle-rules.ts',
  'kernels/strategy/catch-up.ts',
  'kernels/strategy/load.ts',
  'kernels/strategy/resume.ts',
]

const ENTRY = /\.(thread|process|main)\.ts$/

function maySuspend(path: string): boolean {
  return MAY_SUSPEND.some((prefix) => path.startsWith(prefix))
}

function report(paths: readonly string[], find: (tree: SyntaxNode) => BannedUse[]): string[] {
  return paths.flatMap((path) => find(parseFile(path)).map(({ what, start }) => `${placeOf(path, start)}: ${what}`))
}

const deterministic = PRODUCT_FILES.filter((path) => DETERMINISTIC.some((prefix) => path.startsWith(prefix)))

test('deterministic code asks no clock, draws no lots, sets no timer', () => {
  const mayNot = deterministic.filter((path) => !ENTRY.test(path) && !maySuspend(path))
  expect(report(mayNot, findAmbient)).toEqual([])
})

test('deterministic code never suspends', () => {
  const mayNot = deterministic.filter((path) => !ENTRY.test(path) && !maySuspend(path))
  expect(report(mayNot, findAsync)).toEqual([])
})

test('the rules find what they should and nothing else', () => {
  expect(namesIn('const t = Date.now(); const d = new Date(); Math.random(); setTimeout(f, 1)')).toEqual([
    'Date',
    'Date',
    'Math.random',
    'setTimeout',
  ])
  expect(
    namesIn('Date.UTC(2025, 0, 1); new Date(ms); const o = { Date: 1, fetch: 2 }; o.fetch; type T = Date'),
  ).toEqual([])
  expect(namesIn('const f = async () => { await g() }; Promise.resolve()')).toEqual(['async', 'await', 'Promise'])
  expect(namesIn('performance.now(); process.hrtime.bigint()')).toEqual(['performance', 'process.hrtime'])
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { CATALOGUE_TABLES } from '../../storage/catalogue/schema.ts'
import { SESSION_TABLES } from '../../storage/export/session-tables.ts'
import { createTempFolder, runXk } from '../e2e/support/run-xk.ts'

const page = readFileSync(join(findPackageRoot(), 'docs', 'journal-tools.md'), 'utf8')

/** The commands of the page's `sh` blocks, in order. */
const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((block) => block[1]!.trim().split('\n'))

/** Words of a command line; what stands in double quotes is one. */
function splitWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
}

describe('the commands of the page on journals work, in order, in an empty folder', () => {
  const folder = createTempFolder('journal-page')

  test('there are some', () => expect(commands.length).toBeGreaterThan(12))

  test.each(commands)('%s', { timeout: 60_000 }, async (command) => {
    const [npx, xk, ...args] = splitWords(command)
    expect([npx, xk]).toEqual(['npx', 'xk'])
    const run = await runXk(args, folder)
    expect(run.code, run.stderr).toBe(ExitCode.Ok)
    expect(run.stdout).not.toBe('')
  })

  test('the two sessions differ, by the answer of the gate that the page speaks of', { timeout: 60_000 }, async () => {
    const run = await runXk(['diff', '.xk/journal/tour-1', '.xk/journal/tour-2'], folder)
    expect(run.code).toBe(ExitCode.Journal)
    expect(run.stdout).toMatch(/limits\.longPositionMax +10000 +300/)
    expect(run.stdout).toMatch(/the gate or the venue answered otherwise/)
  })
})

test('the page names every table', () => {
  for (const { name } of CATALOGUE_TABLES) expect(page).toContain(`\`${name}\``)
  for (const name of SESSION_TABLES) expect(page).toContain(`| \`${name}\` |`)
})

test('each command is shown with an example by its help', async () => {
  const names = ['query', 'reindex', 'at', 'export', 'to-pcap'].map((name) => ['journal', name])
  for (const name of [...names, ['diff']]) {
    const { stdout, code } = await runXk([...name, '--help'], '.')
    expect(code).toBe(ExitCode.Ok)
    expect(stdout).toMatch(/Examples:\n {2}xk /)
  }
})

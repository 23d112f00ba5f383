import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { createTempFolder, runXk } from '../e2e/support/run-xk.ts'

const root = findPackageRoot()

/** The commands of a page's `sh` blocks, in order. */
function readCommands(page: string): string[] {
  const blocks = page.matchAll(/```sh\n([\s\S]*?)```/g)
  return [...blocks].flatMap((block) => block[1]!.trim().split('\n'))
}

describe('the commands of the README work, in order, in an empty folder', () => {
  const folder = createTempFolder('readme')
  const commands = readCommands(readFileSync(join(root, 'README.md'), 'utf8'))

  test('there are some', () => {
    expect(commands.length).toBeGreaterThan(6)
  })

  test.each(commands)('%s', { timeout: 60_000 }, async (command) => {
    const [npx, xk, ...args] = command.split(' ')
    expect([npx, xk]).toEqual(['npx', 'xk'])
    const run = await runXk(args, folder)
    expect(run.stderr).not.toMatch(/\n\s+at /)
    expect(run.code, run.stderr).toBe(ExitCode.Ok)
  })
})

test('the page of exit codes names every one of them', () => {
  const page = readFileSync(join(root, 'docs', 'exit-codes.md'), 'utf8')
  for (const [name, code] of Object.entries(ExitCode)) {
    if (typeof code === 'number') expect(page).toContain(`| ${code} | ${name} |`)
  }
})

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPackageRoot } from '../../kernels/host/package-root.ts'

function bench(...args: string[]) {
  const script = join(findPackageRoot(), 'appliance', 'setup', 'bench.mjs')
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', timeout: 20_000 })
}

test('npm run bench tells what it takes, and measures nothing for a wrong word', () => {
  const help = bench('--help')
  expect([help.status, help.stderr]).toEqual([0, ''])
  for (const name of ['--short', '--fuzz', '--crash', '--box', 'Example:']) expect(help.stdout).toContain(name)
  for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  for (const args of [['--hlp'], ['--fuzz', '--box'], ['day.itch']]) {
    const refused = bench(...args)
    expect([refused.status, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('next: npm run bench -- --help')
  }
})

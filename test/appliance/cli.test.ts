import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import manifest from '../../package.json' with { type: 'json' }
import { PROJECT_ROOT, runXk } from './run-xk.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xk-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const COMMANDS = [
  'start',
  'replay',
  'rerun',
  'run',
  'command',
  'diff',
  'inspect',
  'book',
  'convert',
  'generate',
  'venue',
  'journal verify',
  'journal dump',
  'journal query',
  'journal export',
  'journal at',
  'journal to-pcap',
  'journal reindex',
  'journal repair',
  'journal compress',
  'journal prune',
  'regions',
  'bench ring',
  'bench book',
  'bench feed',
  'bench inspect',
  'bench journal',
  'bench match',
  'bench gate',
  'bench fuzz',
  'bench path',
  'bench resume',
]

describe('help', () => {
  test('lists every command', async () => {
    const { exitCode, stdout, stderr } = await runXk([])
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command.split(' ')[0]} `, 'm'))
  })

  test.each(COMMANDS)('of %s shows an example, --json, and fits 100 columns', async (command) => {
    const { exitCode, stdout } = await runXk([...command.split(' '), '--help'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`Usage: xk ${command} `)
    expect(stdout).toContain(`Examples:\n  xk ${command}`)
    expect(stdout).toContain('--json')
    expect(stdout).not.toMatch(/default: [[{]/)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
    expect(await runXk(['help', ...command.split(' ')])).toMatchObject({ exitCode: 0, stdout, stderr: '' })
  })

  test('tells all exit codes, an example, and the version', async () => {
    const { stdout } = await runXk(['help'])
    expect(stdout).toContain('Examples:')
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
    const codes = stdout.slice(stdout.indexOf('Exit codes:'))
    for (const code of Object.values(ExitCode).filter((value) => typeof value === 'number')) {
      expect(codes).toMatch(new RegExp(`\\b${code} `))
    }
    expect((await runXk(['--version'])).stdout).toBe(`${manifest.version}\n`)
  })
})

describe('a wrong command line', () => {
  const cases: [name: string, args: string[], exitCode: number, stderr: RegExp][] = [
    ['an unknown command', ['repla'], 2, /^xk: unknown command 'repla'\nnext: did you mean replay\?/],
    ['an unknown option', ['replay', '--spede', '3'], 2, /unknown option '--spede'\nnext: did you mean --speed\?/],
    ['a missing argument', ['rerun'], 2, /missing required argument 'journal'\nnext: xk rerun --help/],
    ['help of no command', ['help', 'journal', 'dmp'], 2, /no command dmp\nnext: did you mean xk journal dump\?/],
    ['a command of commands alone', ['journal'], 2, /needs one of its commands: verify, dump/],
    ['no file', ['replay', '--speed', 'max'], 2, /no file to replay/],
    ['a value out of bounds', ['replay', 'x', '--seed', '-1'], 2, /seed: found -1|seed: found "-1"/],
    ['an unknown setting', ['replay', 'x', '--set', 'gate.maxQuantit=1'], 2, /did you mean gate\.maxQuantity\?/],
    ['a parameter without value', ['replay', '--params', 'x'], 2, /"x" is not a parameter/],
    ['a file that is missing', ['replay', 'nowhere.pcap'], 3, /no such file or folder \(.*nowhere\.pcap/],
    ['a folder for a file', ['replay', '.'], 3, /not a file/],
    ['a missing journal', ['journal', 'verify', 'nowhere'], 3, /no such file or folder \(nowhere/],
    ['a size that is none', ['generate', '--symbols', '5x'], 2, /"5x" is not a whole number/],
    ['nothing to write', ['generate'], 2, /no file to write/],
  ]
  test.each(cases)('with %s is explained, with what to do next', async (_name, args, exitCode, stderr) => {
    const run = await runXk(args, { cwd: folder })
    expect(run.stderr).toMatch(stderr)
    expect(run.stderr).toMatch(/^next: /m)
    expect(run.stderr).not.toMatch(/^\s+at /m)
    expect(run.stdout).toBe('')
    expect(run.exitCode).toBe(exitCode)
  })

  test.each([
    ['inspect', join(PROJECT_ROOT, 'package.json')],
    ['inspect', 'nowhere.pcap', '--feed', 'mpd3'],
    ['replay', 'nowhere.pcap', '--set', 'gate.nothingOfTheKindThatAnybodyKnows=1'],
  ])('is told within 100 columns: xk %s %s', async (...args) => {
    const run = await runXk(args, { cwd: folder })
    expect(run.exitCode).toBeGreaterThan(0)
    // A word is not broken: a path may be longer.
    for (const line of run.rawStderr.split('\n')) expect(line.length <= 100 || !/\S \S/.test(line), line).toBe(true)
  })

  test('is one JSON object too with --json', async () => {
    const run = await runXk(['replay', 'nowhere.pcap', '--json'], { cwd: folder })
    expect(JSON.parse(run.stdout).error).toMatchObject({ code: 'system-enoent', exitCode: 3 })
    expect(run.stderr).toMatch(/^xk: no such file/)
    const usage = await runXk(['generate', '--sede', '1', '--json'])
    expect(JSON.parse(usage.stdout).error).toMatchObject({ code: 'usage', exitCode: 2 })
  })

  test('shows a stack only when it is asked for', async () => {
    const run = await runXk(['replay', 'nowhere.pcap'], { cwd: folder, env: { XK_DEBUG: '1' } })
    expect(run.stderr).toMatch(/^\s+at /m)
  })
})

describe('a bad configuration file', () => {
  test('is refused by line and column', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'seed: 1\nvenue:\n  feedLatency: 5\n')
    const run = await runXk(['replay', 'x', '-c', 'bad.yaml'], { cwd: folder })
    expect(run.stderr).toBe(
      'xk: unknown key "venue.feedLatency" (bad.yaml:3:3)\nnext: did you mean venue.feedLatencyNs?\n',
    )
    expect(run.exitCode).toBe(2)
  })

  test('that is missing is named', async () => {
    const run = await runXk(['replay', 'x', '-c', 'none.yaml'], { cwd: folder })
    expect(run.stderr).toMatch(/no such file or folder \(.*none\.yaml/)
    expect(run.exitCode).toBe(3)
  })

  test('that names a strategy which is not there ends with the exit code of strategies', async () => {
    writeFileSync(join(folder, 'day.itch'), '')
    const run = await runXk(['replay', 'day.itch', '--strategy', 'inventory-skew-makr'], { cwd: folder })
    expect(run.stderr).toMatch(
      /no bundled strategy is called "inventory-skew-makr"\nnext: did you mean inventory-skew-maker\?/,
    )
    expect(run.exitCode).toBe(6)
    const path = await runXk(['replay', 'day.itch', '--strategy', './mine.ts'], { cwd: folder })
    expect(path.stderr).toMatch(/no strategy plugin is there \(.*mine\.ts\)/)
    expect(path.exitCode).toBe(6)
  })
})

describe('generate', () => {
  test('writes the same bytes for a seed, quietly in a pipe', async () => {
    const args = ['generate', '--symbols', '5', '--messages', '2_000', '--raw', 'a.itch', '--json']
    const first = await runXk(args, { cwd: folder })
    expect(first.stderr).toBe('')
    expect(first.exitCode).toBe(0)
    const facts = JSON.parse(first.stdout)
    const second = await runXk([...args.slice(0, -2), 'b.itch', '--json'], { cwd: folder })
    expect(JSON.parse(second.stdout).raw.sha256).toBe(facts.raw.sha256)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops at %s with exit code %i and leaves no file behind', async (signal, exitCode) => {
    const target = join(folder, `stop-${signal}`)
    const args = ['generate', '--symbols', '100', '--messages', '20_000_000', '--raw', target]
    const run = await runXk(args, {
      whileRunning: (child) => {
        const poll = setInterval(() => {
          const isWriting = readdirSync(folder).some((name) => name.startsWith(`stop-${signal}`))
          if (isWriting) child.kill(signal)
          if (isWriting) clearInterval(poll)
        }, 20)
        child.on('exit', () => clearInterval(poll))
      },
    })
    expect(run.stderr).toBe(`xk: stopped by ${signal}\n`)
    expect(run.exitCode).toBe(exitCode)
    expect(existsSync(target)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.startsWith(`stop-${signal}`))).toEqual([])
  })
})

import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
const addon = join(root, 'build', 'test', `crosskernel_host-sanitized-${process.pid}.node`)
afterAll(() => rmSync(addon, { force: true }))

test('The host tests pass with the addon under the address and undefined-behaviour sanitizers', () => {
  const builder = join(root, 'appliance', 'setup', 'build-addon.mjs')
  const build = spawnSync(process.execPath, [builder, '--sanitized', addon], { encoding: 'utf8' })
  if (build.status === 4 && !build.stderr.includes('error:')) {
    console.log(`skipped: no sanitizer build (${build.stderr.trim()})`)
    return
  }
  expect(build.status, build.stderr).toBe(0)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const run = spawnSync(process.execPath, [vitest, 'run', 'test/host/unit', '--no-isolate', '--reporter=dot'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 100_000,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NO_COLOR: '1',
      LD_PRELOAD: build.stdout.trim(),
      XK_HOST_ADDON: addon,
      // Node leaks by design at exit; the fault handler under test must get the signals.
      ASAN_OPTIONS: 'detect_leaks=0:handle_segv=0:handle_sigbus=0:use_sigaltstack=0:abort_on_error=1',
      UBSAN_OPTIONS: 'print_stacktrace=1:abort_on_error=1',
    },
  })
  const output = `${run.stdout}${run.stderr}`
  expect(output).not.toMatch(/runtime error|AddressSanitizer/)
  expect(run.status, output).toBe(0)
}, 120_000)

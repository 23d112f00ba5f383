import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'xk-setup-'))
const home = join(folder, 'home')
const tools = join(folder, 'tools')
/** A clone with nothing built: the set-up scripts and the sources of the addon. */
const clone = join(folder, 'clone')
/** This Node without the headers that may lie beside the installed one. */
const bareNode = join(folder, 'bare', 'bin', 'node')

beforeAll(() => {
  for (const path of [home, tools, join(folder, 'bare', 'bin')]) mkdirSync(path, { recursive: true })
  for (const part of ['appliance/setup', 'appliance/xk.mjs', 'kernels/host/native', 'package.json']) {
    cpSync(join(root, part), join(clone, part), { recursive: true })
  }
  for (const tool of ['g++', 'make', 'python3']) symlinkSync('/bin/true', join(tools, tool))
  try {
    linkSync(process.execPath, bareNode)
  } catch {
    copyFileSync(process.execPath, bareNode)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(script: string, path: string, node = process.execPath) {
  const env = { HOME: home, PATH: path }
  const { status, stdout, stderr } = spawnSync(node, [join(clone, script)], { env, encoding: 'utf8' })
  return { status, text: `${stdout}${stderr}`.trim() }
}

test('Each missing build tool is one line, before anything is installed', () => {
  for (const script of ['start', 'test', 'build-addon']) {
    const { status, text } = run(`appliance/setup/${script}.mjs`, home)
    expect(status).toBe(4)
    const lines = text.split('\n').filter((line) => !line.startsWith('no headers'))
    expect(lines).toEqual([
      'no C++ compiler: install g++ (apt-get install g++)',
      'no make: install it (apt-get install make)',
      'no python3, which node-gyp needs: install it (apt-get install python3)',
    ])
  }
})

test('Missing headers of Node are one line that says how to get them', () => {
  const { status, text } = run('appliance/setup/start.mjs', tools, bareNode)
  expect(status).toBe(4)
  expect(text).toMatch(/^no headers of Node \S+: set npm_config_nodedir .*node-gyp install$/)
})

test('A command that is not built says what to run, without a stack trace', () => {
  expect(run('appliance/xk.mjs', tools)).toEqual({ status: 4, text: 'xk is not built: run npm run build' })
})

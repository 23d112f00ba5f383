// Builds the native host addon with node-gyp into build/crosskernel_host.node, when it is missing or older than its
// sources. It works in a copy of its own, so that two builds at once cannot disturb each other.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT_HOST, findBuildProblems, findNodeHeaders, root } from './check-host.mjs'

const sources = join(root, 'kernels', 'host', 'native')
const output = join(root, 'build', 'crosskernel_host.node')

export function isAddonOutdated() {
  if (!existsSync(output)) return true
  const builtMs = statSync(output).mtimeMs
  return readdirSync(sources).some((name) => statSync(join(sources, name)).mtimeMs > builtMs)
}

/** @returns the exit code: 0, 4 when the host lacks a tool, 1 when the build failed; says why on stderr */
export function buildAddon() {
  const problems = findBuildProblems()
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) return EXIT_HOST
  const nodeGyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
  if (!existsSync(nodeGyp)) {
    console.error('node-gyp is not installed: run npm ci')
    return EXIT_HOST
  }
  const work = join(root, 'build', `addon-${process.pid}`)
  try {
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { recursive: true })
    for (const name of readdirSync(sources)) if (name !== 'build') cpSync(join(sources, name), join(work, name))
    const { prefix } = findNodeHeaders()
    const nodedir = prefix === undefined ? [] : [`--nodedir=${prefix}`]
    const made = spawnSync(process.execPath, [nodeGyp, 'rebuild', '-C', work, ...nodedir], { encoding: 'utf8' })
    if (made.status !== 0) {
      console.error(`${made.stdout}${made.stderr}`.trimEnd())
      console.error('the native addon could not be built: see above')
      return 1
    }
    renameSync(join(work, 'build', 'Release', 'crosskernel_host.node'), output)
    return 0
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * Builds the addon with the address and the undefined-behaviour sanitizer, for the tests; to be loaded with their
 * runtime preloaded.
 * @returns the runtime's path, or undefined when the host lacks it or a tool; says why on stderr
 */
function buildSanitizedAddon(sanitizedOutput) {
  const problems = findBuildProblems()
  const runtime = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout?.trim() ?? ''
  // Without the library the compiler echoes the bare name.
  if (!isAbsolute(runtime) || !existsSync(runtime)) problems.push('no address sanitizer: install libasan of your g++')
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) return undefined
  mkdirSync(dirname(sanitizedOutput), { recursive: true })
  const files = readdirSync(sources).filter((name) => name.endsWith('.cc'))
  const warnings = ['-Wall', '-Wextra', '-Werror', '-fno-exceptions']
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer']
  const flags = ['-std=c++17', '-O1', '-g', '-fPIC', '-shared', '-pthread', ...warnings, ...sanitizers]
  const include = `-I${findNodeHeaders().include}`
  const made = spawnSync('g++', [...flags, include, '-o', sanitizedOutput, ...files], {
    cwd: sources,
    stdio: 'inherit',
  })
  return made.status === 0 ? realpathSync(runtime) : undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [option, value] = process.argv.slice(2)
  if (option === '--sanitized') {
    const runtime = buildSanitizedAddon(resolve(value))
    if (runtime === undefined) process.exitCode = EXIT_HOST
    else console.log(runtime)
  } else if (option === '--force' || isAddonOutdated()) process.exitCode = buildAddon()
}

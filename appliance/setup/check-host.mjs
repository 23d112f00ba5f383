// What this host has and lacks, asked before anything is installed: no dependency, one line a finding.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Exit code for a host that lacks something (ExitCode.Host in kernels/host/xk-error.ts). */
export const EXIT_HOST = 4

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Below this limit of locked memory a kernel's regions and heap cannot all stay resident. */
const MEMORY_LOCK_BYTES_MIN = 1024 ** 3
/** Bits of the capability sets in /proc/self/status (linux/capability.h). */
const CAP_IPC_LOCK = 14n
const CAP_SYS_NICE = 23n

/** The line to print when this Node or this platform cannot run the product; undefined when it can. */
export function findPlatformProblem() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const fits = (major === 20 && minor >= 17) || (major === 22 && minor >= 12)
  if (!fits)
    return `Node ${process.versions.node} is not supported: install Node 20 (20.17 or later) or 22 (22.12 or later)`
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `${process.platform} on ${process.arch} is not supported: Crosskernel runs on Linux x64`
  }
  return undefined
}

/**
 * Where Node's headers are: `prefix` is for node-gyp's --nodedir, undefined when its own cache is to be used.
 * @returns {{ include: string, prefix: string | undefined } | undefined}
 */
export function findNodeHeaders() {
  const prefixes = [process.env.npm_config_nodedir, join(dirname(process.execPath), '..')]
  for (const prefix of prefixes) {
    if (!prefix) continue
    const include = join(prefix, 'include', 'node')
    if (existsSync(join(include, 'node_api.h'))) return { include, prefix }
  }
  const cache =
    process.env.npm_config_devdir ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'node-gyp')
  const include = join(cache, process.versions.node, 'include', 'node')
  return existsSync(join(include, 'node_api.h')) ? { include, prefix: undefined } : undefined
}

/** One line for each thing that building the addon needs and this host lacks. */
export function findBuildProblems() {
  const problems = []
  if (!runs('g++')) problems.push('no C++ compiler: install g++ (apt-get install g++)')
  if (!runs('make')) problems.push('no make: install it (apt-get install make)')
  if (!runs('python3')) problems.push('no python3, which node-gyp needs: install it (apt-get install python3)')
  if (findNodeHeaders() === undefined) {
    problems.push(
      `no headers of Node ${process.versions.node}: set npm_config_nodedir to the folder of a full Node installation ` +
        '(the one that holds include/node), or fetch them with npx node-gyp install',
    )
  }
  return problems
}

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

/** What the host lacks for steady latency, in one line; undefined when it lacks nothing. The product runs all the same. */
export function describeShortcomings() {
  const shortcomings = []
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const capabilities = BigInt(
    `0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`,
  )
  const has = (capability) => ((capabilities >> capability) & 1n) === 1n
  if (!has(CAP_SYS_NICE) && readLimit(limits, 'Max realtime priority') < 1)
    shortcomings.push('no real-time priority (rtprio)')
  if (!has(CAP_IPC_LOCK) && readLimit(limits, 'Max locked memory') < MEMORY_LOCK_BYTES_MIN) {
    shortcomings.push('no memory locking (memlock)')
  }
  if (availableParallelism() < 2) shortcomings.push('no second core')
  if (shortcomings.length === 0) return undefined
  return `this host has ${shortcomings.join(', ')}: everything works, latencies will vary more`
}

/** The soft limit of a line of /proc/self/limits. */
function readLimit(limits, name) {
  const soft = new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(limits)?.[1] ?? '0'
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
}

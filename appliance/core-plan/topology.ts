import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One logical core that this process may run on. */
export interface LogicalCore {
  readonly core: number
  /** All hardware threads of the same physical core, itself included, whether allowed or not. */
  readonly siblings: readonly number[]
  readonly numaNode: number
  /** Kept free of other tasks by the boot option isolcpus. */
  readonly isIsolated: boolean
}

/** What the core plan needs to know of the host. */
export interface Topology {
  /** Allowed and online cores by number. */
  readonly cores: readonly LogicalCore[]
  /** Cores' worth of time that the control group allows, or undefined without a limit. */
  readonly quotaCores: number | undefined
}

/**
 * Parses the kernel's list format: "0-3,8,10-11" (admin-guide/cputopology in the Linux documentation).
 * Anything else in it is left out.
 */
export function parseCoreList(text: string): number[] {
  const cores = new Set<number>()
  for (const part of text.trim().split(',')) {
    const match = part.match(/^(\d+)(?:-(\d+))?$/)
    if (match === null) continue
    const first = Number(match[1])
    const last = Math.min(Number(match[2] ?? match[1]), first + 4095)
    for (let core = first; core <= last; core++) cores.add(core)
  }
  return [...cores].sort((left, right) => left - right)
}

/** The same back: [0, 1, 2, 5] is "0-2,5". */
export function formatCoreList(cores: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < cores.length; i++) {
    const first = cores[i]!
    while (cores[i + 1] === cores[i]! + 1) i++
    parts.push(first === cores[i] ? `${first}` : `${first}-${cores[i]}`)
  }
  return parts.join(',')
}

/**
 * Reads the topology of this host as this process may use it: the affinity mask counts, not what the machine has.
 * Files that are missing (containers hide some) are made up for by the plainest assumption: no SMT, one NUMA node.
 * @param rootPath prefix of /sys and /proc, for tests
 */
export function readTopology(rootPath = '/'): Topology {
  const read = (path: string) => readText(join(rootPath, path))
  const online = parseCoreList(read('sys/devices/system/cpu/online') ?? '0')
  const mask = read('proc/self/status')?.match(/^Cpus_allowed_list:\s*(\S+)/m)?.[1]
  const allowed = mask === undefined ? online : parseCoreList(mask)
  const usable = online.filter((core) => allowed.includes(core))
  const isolated = parseCoreList(read('sys/devices/system/cpu/isolated') ?? '')
  const nodes = parseCoreList(read('sys/devices/system/node/online') ?? '0')
  const coresOfNode = nodes.map((node) => parseCoreList(read(`sys/devices/system/node/node${node}/cpulist`) ?? ''))
  const cores = (usable.length === 0 ? online : usable).map((core) => {
    const siblings = parseCoreList(read(`sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`) ?? '')
    const node = coresOfNode.findIndex((members) => members.includes(core))
    return {
      core,
      siblings: siblings.includes(core) ? siblings : [core],
      numaNode: node === -1 ? 0 : nodes[node]!,
      isIsolated: isolated.includes(core),
    }
  })
  return { cores, quotaCores: parseQuota(read('sys/fs/cgroup/cpu.max')) }
}

/** "max 100000" or "150000 100000": quota and period in µs (cgroup-v2, cpu.max). */
function parseQuota(text: string | undefined): number | undefined {
  const match = text?.match(/^(\d+) (\d+)/)
  return match === null || match === undefined ? undefined : Number(match[1]) / Number(match[2])
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

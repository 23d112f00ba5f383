import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CoreRequest, planCores } from '../../appliance/core-plan/core-plan.ts'
import { formatCoreList, parseCoreList, readTopology, type Topology } from '../../appliance/core-plan/topology.ts'
import { XkError } from '../../kernels/host/xk-error.ts'

interface Shape {
  readonly threads?: number
  readonly nodes?: number
  readonly isolated?: readonly number[]
  readonly quotaCores?: number
}

/** `physical` cores; hardware thread t of core c is c + t × physical, as Linux numbers them on most servers. */
function makeTopology(physical: number, shape: Shape = {}): Topology {
  const threads = shape.threads ?? 1
  const cores = Array.from({ length: physical * threads }, (_, core) => ({
    core,
    siblings: Array.from({ length: threads }, (_, thread) => (core % physical) + thread * physical),
    numaNode: Math.floor(((core % physical) * (shape.nodes ?? 1)) / physical),
    isIsolated: shape.isolated?.includes(core) ?? false,
  }))
  return { cores, quotaCores: shape.quotaCores }
}

function plan(topology: Topology, request: Partial<CoreRequest> = {}) {
  const { roles } = planCores(topology, { cores: 'auto', scheduling: 'other', ...request })
  return Object.values(roles)
    .map((role) => `${role.role} ${role.core} ${role.wait}${role.policy === 'fifo' ? ` fifo ${role.priority}` : ''}`)
    .join(', ')
}

describe('a standby', () => {
  test.each([
    ['one core', makeTopology(1), 'core 0, blocks, other (shared with housekeeping; moves to core 0'],
    ['two cores', makeTopology(2), 'core 0, blocks, other (shared with housekeeping; moves to core 1'],
    ['four cores', makeTopology(4), 'core 0, blocks, other (shared with housekeeping; moves to core 1'],
    ['five cores, ten threads', makeTopology(5, { threads: 2 }), 'core 4, blocks, other (alone; moves to core 1'],
  ])('waits where nothing spins, on %s', (_, topology, expected) => {
    const { explanation } = planCores(topology, { cores: 'auto', scheduling: 'other', hasStandby: true })
    expect(explanation.at(-1)).toContain(`standby: ${expected}`)
  })
})

describe('the core plan', () => {
  const cases: [host: string, topology: Topology, request: Partial<CoreRequest>, expected: string][] = [
    ['one core', makeTopology(1), {}, 'io 0 block, strategy 0 block, storage 0 block, housekeeping 0 block'],
    [
      'one core, two threads',
      makeTopology(1, { threads: 2 }),
      {},
      'io 0 block, strategy 1 block, storage 0 block, housekeeping 0 block',
    ],
    ['two cores', makeTopology(2), {}, 'io 0 block, strategy 1 spin, storage 0 block, housekeeping 0 block'],
    [
      'two cores, four threads',
      makeTopology(2, { threads: 2 }),
      {},
      'io 2 block, strategy 1 spin, storage 0 block, housekeeping 0 block',
    ],
    ['three cores', makeTopology(3), {}, 'io 2 spin, strategy 1 spin, storage 0 block, housekeeping 0 block'],
    ['four cores', makeTopology(4), {}, 'io 2 spin, strategy 1 spin, storage 3 spin, housekeeping 0 block'],
    [
      'four cores, eight threads',
      makeTopology(4, { threads: 2 }),
      {},
      'io 2 spin, strategy 1 spin, storage 3 spin, housekeeping 0 block',
    ],
    [
      'sixteen cores, two nodes, card on node 1',
      makeTopology(16, { nodes: 2 }),
      { nicNode: 1 },
      'io 9 spin, strategy 8 spin, storage 10 spin, housekeeping 0 block',
    ],
    [
      'eight cores, three isolated',
      makeTopology(8, { isolated: [5, 6, 7] }),
      {},
      'io 6 spin, strategy 5 spin, storage 7 spin, housekeeping 0 block',
    ],
    [
      'eight cores, two isolated',
      makeTopology(8, { isolated: [6, 7] }),
      {},
      'io 7 spin, strategy 6 spin, storage 1 spin, housekeeping 0 block',
    ],
    [
      'two cores, fifo',
      makeTopology(2),
      { scheduling: 'fifo' },
      'io 0 block fifo 30, strategy 1 spin, storage 0 block fifo 10, housekeeping 0 block',
    ],
    [
      'four cores, fifo',
      makeTopology(4),
      { scheduling: 'fifo' },
      'io 2 spin, strategy 1 spin, storage 3 spin, housekeeping 0 block',
    ],
    [
      'four cores, strategy chosen',
      makeTopology(4),
      { cores: { strategy: 0 } },
      'io 2 spin, strategy 0 spin, storage 3 spin, housekeeping 1 block',
    ],
    [
      'four cores, all chosen on one',
      makeTopology(4),
      { cores: { io: 3, strategy: 3, storage: 3, housekeeping: 3 } },
      'io 3 block, strategy 3 block, storage 3 block, housekeeping 3 block',
    ],
    [
      'two cores, io chosen',
      makeTopology(2),
      { cores: { io: 1 } },
      'io 1 spin, strategy 0 block, storage 0 block, housekeeping 0 block',
    ],
    [
      'two threads of one core chosen',
      makeTopology(4, { threads: 2 }),
      { cores: { io: 1, strategy: 5 } },
      'io 1 block, strategy 5 block, storage 2 spin, housekeeping 0 block',
    ],
  ]
  test.each(cases)('of %s', (_host, topology, request, expected) => {
    expect(plan(topology, request)).toBe(expected)
  })

  test('never lets a kernel spin on a shared physical core, nor under fifo, on any host', () => {
    for (let physical = 1; physical <= 9; physical++) {
      for (const threads of [1, 2, 4]) {
        for (const scheduling of ['other', 'fifo'] as const) {
          const topology = makeTopology(physical, { threads, nodes: physical > 4 ? 2 : 1 })
          const roles = Object.values(planCores(topology, { cores: 'auto', scheduling }).roles)
          for (const role of roles.filter((candidate) => candidate.wait === 'spin')) {
            const { siblings } = topology.cores[role.core]!
            expect(roles.filter((other) => siblings.includes(other.core))).toEqual([role])
            expect(role.policy).toBe('other')
          }
        }
      }
    }
  })

  test('refuses a core outside of the mask and says which may be chosen', () => {
    const attempt = () => planCores(makeTopology(2), { cores: { io: 7 }, scheduling: 'other' })
    expect(attempt).toThrow(XkError)
    expect(attempt).toThrow('core 7 is not one that this process may use (cores.io): choose from 0-1')
  })

  test('explains itself, a line for the host and one for each role', () => {
    const { explanation } = planCores(makeTopology(2, { threads: 2 }), { cores: 'auto', scheduling: 'other' })
    expect(explanation).toEqual([
      'host: 2 physical cores (4 hardware threads) usable: 0-3',
      'io: core 2, blocks, other (hardware thread beside storage, housekeeping)',
      'strategy: core 1, spins, other (alone on its physical core)',
      'storage: core 0, blocks, other (shared with housekeeping; hardware thread beside io)',
      'housekeeping: core 0, blocks, other (shared with storage; hardware thread beside io)',
    ])
  })

  test('warns of one core, of a quota that would throttle spinners, and of fifo without effect', () => {
    const warn = (topology: Topology, scheduling: 'other' | 'fifo' = 'other') =>
      planCores(topology, { cores: 'auto', scheduling }).warnings.join('\n')
    expect(warn(makeTopology(4))).toBe('')
    expect(warn(makeTopology(1))).toMatch(/one physical core/)
    expect(warn(makeTopology(4, { quotaCores: 2 }))).toMatch(/allows 2\.00 cores.*throttled/)
    expect(warn(makeTopology(4, { quotaCores: 4 }))).toBe('')
    expect(warn(makeTopology(4), 'fifo')).toMatch(/no effect/)
    expect(warn(makeTopology(2), 'fifo')).toMatch(/journal sync/)
  })
})

describe('the topology', () => {
  function makeRoot(files: Record<string, string>): string {
    const root = mkdtempSync(join(tmpdir(), 'xk-topology-'))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return root
  }

  test('is read as this process may use it', () => {
    const cpu = 'sys/devices/system/cpu'
    const root = makeRoot({
      [`${cpu}/online`]: '0-7\n',
      [`${cpu}/isolated`]: '2-3\n',
      ...Object.fromEntries(
        Array.from({ length: 8 }, (_, core) => [
          `${cpu}/cpu${core}/topology/thread_siblings_list`,
          `${core % 4},${(core % 4) + 4}\n`,
        ]),
      ),
      'sys/devices/system/node/online': '0-1\n',
      'sys/devices/system/node/node0/cpulist': '0-1,4-5\n',
      'sys/devices/system/node/node1/cpulist': '2-3,6-7\n',
      'proc/self/status': 'Name:\tnode\nCpus_allowed:\tce\nCpus_allowed_list:\t1-3,6-7\n',
      'sys/fs/cgroup/cpu.max': '150000 100000\n',
    })
    expect(readTopology(root)).toEqual({
      quotaCores: 1.5,
      cores: [
        { core: 1, siblings: [1, 5], numaNode: 0, isIsolated: false },
        { core: 2, siblings: [2, 6], numaNode: 1, isIsolated: true },
        { core: 3, siblings: [3, 7], numaNode: 1, isIsolated: true },
        { core: 6, siblings: [2, 6], numaNode: 1, isIsolated: false },
        { core: 7, siblings: [3, 7], numaNode: 1, isIsolated: false },
      ],
    })
  })

  test('of a host that shows nothing is one core', () => {
    const cores = [{ core: 0, siblings: [0], numaNode: 0, isIsolated: false }]
    expect(readTopology(makeRoot({}))).toEqual({ cores, quotaCores: undefined })
  })

  test('of this host can be planned', () => {
    const topology = readTopology()
    expect(topology.cores.length).toBeGreaterThan(0)
    expect(planCores(topology, { cores: 'auto', scheduling: 'other' }).explanation).toHaveLength(5)
  })

  test('lists survive a round trip', () => {
    for (const text of ['0', '0-3', '0-1,4,6-9', '']) expect(formatCoreList(parseCoreList(text))).toBe(text)
    expect(parseCoreList('x,3-1,2')).toEqual([2])
  })
})

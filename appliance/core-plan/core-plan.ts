import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { CoreChoice, CoreRole } from '../config/config-types.ts'
import { explainPlan, explainStandby, warnOfHost } from './explain.ts'
import { formatCoreList, type LogicalCore, type Topology } from './topology.ts'

/** How a kernel waits for work. */
export type WaitMode = 'spin' | 'block'

/** Where one role runs and how. */
export interface RolePlan {
  readonly role: CoreRole
  readonly core: number
  /** Whether it looks again at once, or sleeps after a few looks. */
  readonly wait: WaitMode
  readonly policy: 'other' | 'fifo'
  /** Real-time priority of `fifo`, 0 for `other`. */
  readonly priority: number
}

/** The plan for all roles, with its reasons. */
export interface CorePlan {
  readonly roles: Readonly<Record<CoreRole, RolePlan>>
  /** Where a standby of the strategy kernel waits, until it moves to that kernel's core: a spare core, or that of housekeeping. */
  readonly standbyCore: number
  /** One line for each decision, for `--verbose`. */
  readonly explanation: readonly string[]
  /** One line for each thing that the host lacks. */
  readonly warnings: readonly string[]
}

export interface CoreRequest {
  /** What the configuration asks for. */
  readonly cores: CoreChoice
  readonly scheduling: 'other' | 'fifo'
  /** Whether the strategy kernel has a standby; only the explanation depends on it. */
  readonly hasStandby?: boolean
  /** NUMA node of the network card, where there is one. */
  readonly nicNode?: number
}

/** The roles in the order in which the plan is told. */
export const CORE_ROLES: readonly CoreRole[] = ['io', 'strategy', 'storage', 'housekeeping']

/**
 * Real-time priorities, from 1 to 99: what other kernels wait for goes first, and all stay below the interrupt
 * threads of the Linux kernel, which run at 50.
 */
const FIFO_PRIORITY: Record<CoreRole, number> = { io: 30, strategy: 20, storage: 10, housekeeping: 0 }

type Assignment = Record<CoreRole, number>

/**
 * Plans which kernel runs where. With four and more physical cores each kernel owns one and housekeeping keeps one; with
 * three, storage shares the core of housekeeping; with two, the I/O kernel as well; with one, all share.
 * A kernel spins only on a physical core that no other role uses, and a kernel that spins never runs SCHED_FIFO
 * (a FIFO spinner is throttled 50 ms of every second and starves what else its core has to do).
 * @throws XkError (`core-not-allowed`) for an explicit core outside of the process's mask
 */
export function planCores(topology: Topology, request: CoreRequest): CorePlan {
  const chosen = request.cores === 'auto' ? {} : request.cores
  for (const role of CORE_ROLES) assertAllowed(topology, role, chosen[role])
  const assignment = assignCores(topology, chosen, request.nicNode)
  const roles = Object.fromEntries(
    CORE_ROLES.map((role) => [role, planRole(topology, assignment, role, request.scheduling)]),
  ) as Record<CoreRole, RolePlan>
  const standbyCore = findSpareCore(topology, assignment, request.nicNode) ?? assignment.housekeeping
  const explanation = explainPlan(topology, roles, chosen)
  if (request.hasStandby === true) explanation.push(explainStandby(standbyCore, roles))
  return {
    roles,
    standbyCore,
    explanation,
    warnings: warnOfHost(topology, roles, request.scheduling),
  }
}

function assertAllowed(topology: Topology, role: CoreRole, core: number | undefined): void {
  if (core === undefined || topology.cores.some((candidate) => candidate.core === core)) return
  const allowed = formatCoreList(topology.cores.map((candidate) => candidate.core))
  throw new XkError({
    code: 'core-not-allowed',
    what: `core ${core} is not one that this process may use`,
    where: `cores.${role}`,
    next: `choose from ${allowed}, or start xk with another mask (taskset)`,
    exitCode: ExitCode.Usage,
  })
}

/** Physical cores, each as its usable hardware threads, lowest first. */
function listPhysicalCores(topology: Topology): LogicalCore[][] {
  const physical = new Map<number, LogicalCore[]>()
  for (const core of topology.cores) {
    const key = core.siblings[0]!
    const threads = physical.get(key)
    if (threads === undefined) physical.set(key, [core])
    else threads.push(core)
  }
  return [...physical.values()]
}

/** Who takes a core of its own first: what decides, then what feeds it, then what records it. */
const OWNERSHIP_ORDER: readonly CoreRole[] = ['strategy', 'io', 'storage']

function assignCores(topology: Topology, chosen: Partial<Assignment>, nicNode: number | undefined): Assignment {
  const taken = Object.values(chosen)
  const physical = listPhysicalCores(topology)
  const free = physical.filter((threads) => !threads.some((thread) => taken.includes(thread.core)))
  const usable = free.length === 0 ? physical : free
  const chosenHouse = physical.find((threads) => threads.some((thread) => thread.core === chosen.housekeeping))
  const house = chosenHouse ?? usable.find((threads) => !threads[0]!.isIsolated) ?? usable[0]!
  const node = nicNode ?? preferredNode(usable)
  const owned = free
    .filter((threads) => threads !== house)
    .sort((left, right) => rankCore(left, node) - rankCore(right, node) || left[0]!.core - right[0]!.core)
    .map((threads) => threads[0]!.core)
  const assignment = { ...shareHouse(house, owned.length === 0 && chosen.strategy === undefined), ...chosen }
  for (const role of OWNERSHIP_ORDER) {
    const own = chosen[role] === undefined ? owned.shift() : undefined
    if (own !== undefined) assignment[role] = own
  }
  return assignment
}

/** A physical core on which no role runs, near the others if there is a choice. */
function findSpareCore(topology: Topology, assignment: Assignment, nicNode: number | undefined): number | undefined {
  const taken = Object.values(assignment)
  const physical = listPhysicalCores(topology)
  const node = nicNode ?? preferredNode(physical)
  const spare = physical.filter(([first]) => !first!.siblings.some((thread) => taken.includes(thread)))
  const [best] = spare.sort((left, right) => rankCore(left, node) - rankCore(right, node))
  return best?.[0]?.core
}

/** Those without a core of their own share that of housekeeping: on its two hardware threads, where it has two. */
function shareHouse(house: readonly LogicalCore[], isWithStrategy: boolean): Assignment {
  const first = house[0]!.core
  const second = house.at(-1)!.core
  const busiest = isWithStrategy ? 'strategy' : 'io'
  return { io: first, strategy: first, storage: first, housekeeping: first, [busiest]: second }
}

/** Isolated cores first, then those of the network card's node. */
function rankCore(threads: readonly LogicalCore[], node: number): number {
  return (threads[0]!.isIsolated ? 0 : 2) + (threads[0]!.numaNode === node ? 0 : 1)
}

/** The node with the most physical cores: the kernels talk through memory and should share one. */
function preferredNode(physical: readonly LogicalCore[][]): number {
  const counts = new Map<number, number>()
  for (const threads of physical) counts.set(threads[0]!.numaNode, (counts.get(threads[0]!.numaNode) ?? 0) + 1)
  return [...counts].sort((left, right) => right[1] - left[1] || left[0] - right[0])[0]![0]
}

function planRole(topology: Topology, assignment: Assignment, role: CoreRole, scheduling: 'other' | 'fifo'): RolePlan {
  const core = assignment[role]
  const siblings = topology.cores.find((candidate) => candidate.core === core)!.siblings
  const isAlone = CORE_ROLES.every((other) => other === role || !siblings.includes(assignment[other]))
  const wait: WaitMode = isAlone && role !== 'housekeeping' ? 'spin' : 'block'
  const isFifo = scheduling === 'fifo' && wait === 'block' && role !== 'housekeeping'
  return { role, core, wait, policy: isFifo ? 'fifo' : 'other', priority: isFifo ? FIFO_PRIORITY[role] : 0 }
}

import { formatAmount } from '../cli/format.ts'
import type { CoreRole } from '../config/config-types.ts'
import type { RolePlan } from './core-plan.ts'
import { formatCoreList, type Topology } from './topology.ts'

type Roles = Readonly<Record<CoreRole, RolePlan>>

/** The share of a physical core that is not worth a warning. */
const QUOTA_SLACK_CORES = 0.05

/** Tells the plan in plain lines: what the host has, then each role and why. */
export function explainPlan(topology: Topology, roles: Roles, chosen: Partial<Record<CoreRole, number>>): string[] {
  const plans = Object.values(roles)
  const cores = formatCoreList(topology.cores.map((core) => core.core))
  const physicalCount = new Set(topology.cores.map((core) => core.siblings[0])).size
  const nodeCount = new Set(topology.cores.map((core) => core.numaNode)).size
  const threads = topology.cores.length === physicalCount ? '' : ` (${topology.cores.length} hardware threads)`
  const nodes = nodeCount === 1 ? '' : ` on ${nodeCount} NUMA nodes`
  const host = `host: ${formatAmount(physicalCount, 'physical core')}${threads}${nodes} usable: ${cores}`
  return [host, ...plans.map((plan) => explainRole(topology, plan, plans, chosen[plan.role] !== undefined))]
}

function explainRole(topology: Topology, plan: RolePlan, plans: readonly RolePlan[], isChosen: boolean): string {
  const { siblings } = topology.cores.find((core) => core.core === plan.core)!
  const others = plans.filter((other) => other.role !== plan.role)
  const sameThread = others.filter((other) => other.core === plan.core).map((other) => other.role)
  const sameCore = others
    .filter((other) => other.core !== plan.core && siblings.includes(other.core))
    .map((other) => other.role)
  const reasons: string[] = []
  if (sameThread.length > 0) reasons.push(`shared with ${sameThread.join(', ')}`)
  if (sameCore.length > 0) reasons.push(`hardware thread beside ${sameCore.join(', ')}`)
  if (reasons.length === 0) reasons.push(siblings.length > 1 ? 'alone on its physical core' : 'alone')
  if (isChosen) reasons.push('as configured')
  const policy = plan.policy === 'fifo' ? `fifo ${plan.priority}` : 'other'
  return `${plan.role}: core ${plan.core}, ${plan.wait}s, ${policy} (${reasons.join('; ')})`
}

/** Tells where a standby of the strategy kernel waits. */
export function explainStandby(core: number, { strategy, housekeeping }: Roles): string {
  const beside = core === housekeeping.core ? 'shared with housekeeping' : 'alone'
  return `standby: core ${core}, blocks, other (${beside}; moves to core ${strategy.core} when it takes over)`
}

/** What the host lacks for the three kernels at their best, one line each. */
export function warnOfHost(topology: Topology, roles: Roles, scheduling: 'other' | 'fifo'): string[] {
  const warnings: string[] = []
  const kernels = [roles.io, roles.strategy, roles.storage]
  const physicalCount = new Set(topology.cores.map((core) => core.siblings[0])).size
  if (physicalCount === 1) {
    warnings.push('one physical core: the kernels take turns on it, latencies say little about a real host')
  }
  const spinning = kernels.filter((plan) => plan.wait === 'spin').length
  if (topology.quotaCores !== undefined && topology.quotaCores + QUOTA_SLACK_CORES < spinning + 1) {
    const quota = topology.quotaCores.toFixed(2)
    warnings.push(`the control group allows ${quota} cores of time: kernels that spin will be throttled (cpu.max)`)
  }
  if (scheduling === 'fifo' && kernels.every((plan) => plan.policy === 'other')) {
    warnings.push('scheduling fifo has no effect: every kernel spins on a core of its own, which never runs fifo')
  }
  const sharesSync = kernels.some((plan) => plan.policy === 'fifo' && plan.core === roles.housekeeping.core)
  if (sharesSync) warnings.push('a fifo kernel shares its core with the journal sync, which it can delay by up to 1 s')
  return warnings
}

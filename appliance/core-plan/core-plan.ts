import type { CoreRole } from '../config/config-types.ts'

/** How a kernel waits for work. */
export type WaitMode = 'spin' | 'block'

/** Where one role runs and how. */
export interface RolePlan {
  readonly role: CoreRole
  /** Core number, or null where pinning makes no sense: one core alone. */
  readonly core: number | null
  /** Whether it looks again at once, or sleeps on a futex after a few looks. */
  readonly wait: WaitMode
  readonly policy: 'other' | 'fifo'
  /** Real-time priority of `fifo`, 0 for `other`. */
  readonly priority: number
}

/** The plan for all roles, with its reasons. */
export interface CorePlan {
  readonly roles: Readonly<Record<CoreRole, RolePlan>>
  /** One line for each decision, for `--verbose`. */
  readonly explanation: readonly string[]
  /** One line for each thing that the host lacks. */
  readonly warnings: readonly string[]
}

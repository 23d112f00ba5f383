import type { XkError } from '../../kernels/host/xk-error.ts'
import type { IoReport } from '../../kernels/io/io-host.ts'
import type { Region } from '../../kernels/region/region.ts'
import type { StorageReport } from '../../kernels/storage/storage-host.ts'
import type { StrategyReport } from '../../kernels/strategy/strategy-host.ts'
import type { StandbyFacts } from '../supervisor/standby-keeper.ts'
import type { KernelResult } from './types.ts'

/** The regions of the three kernels, on shared memory or on the heap. */
export interface KernelRegions {
  readonly io: Region
  readonly strategy: Region
  readonly storage: Region
}

/** What is left of a run of the kernels in either layout; all that the result is made from, besides the journal. */
export interface KernelsRun {
  readonly regions: KernelRegions
  readonly seats: Readonly<Record<'io' | 'strategy' | 'storage', Omit<KernelResult, 'name'>>>
  /** What each kernel left; undefined when it died first. */
  readonly io: IoReport | undefined
  readonly strategy: StrategyReport | undefined
  readonly storage: StorageReport | undefined
  readonly wasInterrupted: boolean
  /** What became of the standbys of the strategy kernel; undefined where none was wanted. */
  readonly standby: StandbyFacts | undefined
  /** Times that the storage kernel stood still, and the longest in milliseconds; seen from outside its process. */
  readonly stalls: { readonly count: number; readonly longestMs: number }
  readonly failure: XkError | undefined
}

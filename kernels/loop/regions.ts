import { countersSectionBytes } from '../region/counters.ts'
import { FLIGHT_RECORDER_BYTES } from '../region/flight-recorder.ts'
import { HISTOGRAM_BYTES } from '../region/histogram.ts'
import { planRegion, type RegionPlan } from '../region/layout.ts'
import { Region } from '../region/region.ts'
import { CursorLayout, RingHeader, ringSectionBytes } from '../ring/layout.ts'
import { RingProducer } from '../ring/producer.ts'
import { BELL_BYTES, BELL_SECTION } from '../ring/wait.ts'
import { PROMOTION_BYTES, PROMOTION_SECTION } from './promotion.ts'

/** The processes of an instance, each with the one region that it writes; the standby of the strategy kernel if there is one. */
export type KernelName = 'supervisor' | 'io' | 'strategy' | 'storage' | 'standby'

/** Words of the supervisor's `control` section. */
export enum ControlWord {
  /** How far the start has come; see `StartPhase`. */
  Phase = 0,
  /** A `StopRequest`. */
  Stop = 1,
  Count = 16,
}

export enum StopRequest {
  None = 0,
  /** The I/O kernel ends the session; the others follow when they have drained what is there. */
  InOrder = 1,
  /** A kernel is lost: the others drain what is there, expect no more, and end. */
  KernelLost = 2,
}

export enum StartPhase {
  /** Kernels create their own region. */
  Create = 0,
  /** All regions exist: kernels map each other's. */
  Attach = 1,
  /** All are attached: the loops turn. */
  Run = 2,
}

/** Words of the supervisor's `gating` section: the membership of each gating consumer. */
export enum Membership {
  StrategyOnInbound = 0,
  StorageOnInbound = 1,
  StorageOnOutbound = 2,
  IoOnOutbound = 3,
  IoOnCommands = 4,
  Count = 16,
}

/** Stamps kept for latency by inbound or outbound sequence; more records in flight than this are not measured right. */
export const STAMP_SLOTS = 1 << 16
/** Room for a kernel's closing facts as JSON text. */
export const REPORT_BYTES = 1 << 18

/** Slots of the I/O kernel's counters; the names are what tools show. */
export enum IoCounterSlot {
  inboundRecords = 0,
  marketRecords = 1,
  heldRecords = 2,
  claimsRefused = 3,
  requestsRouted = 4,
  requestsRejected = 5,
  requestsAfterEnd = 6,
  idleSpells = 7,
  idleSkippedNs = 8,
  lastTimeNs = 9,
  garbageCollections = 10,
  progress = 11,
  heapGrowthBytes = 12,
  /** What a live kernel's successor must know, as `EntryMemory` has it. */
  entryFirstSequence = 13,
  entryFirstUserRef = 14,
  entryQueriesSent = 15,
  /** And as `DropCopyMemory` has it. */
  copyFirstSequence = 16,
  executionBreaks = 17,
  /** How long the last recovery took, and the record behind which it began; 0 for the session's start. */
  recoveryNs = 18,
  recoveredFrom = 19,
  /** Taken so far, size of the last, longest pause for one. */
  snapshots = 20,
  snapshotBytes = 21,
  snapshotPauseNs = 22,
  /** That the gate has seen. */
  fills = 23,
  /** Of each kernel, which life was told last (`Resumed`). */
  ioEpochTold = 24,
  strategyEpochTold = 25,
  storageEpochTold = 26,
  /** How a live session stands with its venue, by `VenueState`. */
  venueState = 27,
}

export const IO_COUNTERS = listNames(IoCounterSlot)

/** Slots of the strategy kernel's counters; the names are what tools show. */
export enum StrategyCounterSlot {
  inboundRecords = 0,
  outboundRecords = 1,
  strategiesStopped = 2,
  blockedSteps = 3,
  illegalTransitions = 4,
  unknownReferences = 5,
  crossedBooks = 6,
  garbageCollections = 7,
  suppressedRecords = 8,
  claimsRefused = 9,
  heapGrowthBytes = 10,
  /** Taken so far, size of the last, longest pause for one. */
  snapshots = 11,
  snapshotBytes = 12,
  snapshotPauseNs = 13,
  /** As of the I/O kernel. */
  recoveryNs = 14,
  recoveredFrom = 15,
  /** By a standby; how long the last one took, from the death seen to its first record. */
  takeovers = 16,
  takeoverNs = 17,
}

export const STRATEGY_COUNTERS = listNames(StrategyCounterSlot)

/** Slots of the storage kernel's counters; the names are what tools show. */
export enum StorageCounterSlot {
  inboundCaptured = 0,
  inboundWritten = 1,
  inboundDurable = 2,
  outboundCaptured = 3,
  outboundWritten = 4,
  outboundDurable = 5,
  journalBytes = 6,
  batches = 7,
  garbageCollections = 8,
  heapGrowthBytes = 9,
  recoveryNs = 10,
}

export const STORAGE_COUNTERS = listNames(StorageCounterSlot)

/** Slots of the standby's counters; the names are what tools show. */
export enum StandbyCounterSlot {
  /** Sequence of the last inbound record that it has handled. */
  inboundRecords = 0,
  /** Outbound records compared with those that the live kernel published, and how many differed: 0 or 1. */
  compared = 1,
  differences = 2,
  /** Records that came from the journal, because the rings had gone past them. */
  journaled = 3,
  /** A `StandbyState`. */
  state = 4,
  /** The record behind which it began; 0 for the session's start. */
  startedFrom = 5,
}

export const STANDBY_COUNTERS = listNames(StandbyCounterSlot)

export enum StandbyState {
  /** It has not been level with the live kernel since it began or was overtaken. */
  Behind = 0,
  /** It may take over. */
  Level = 1,
  /** It decides otherwise than the live kernel: it must never take over. */
  Unfit = 2,
}

/** Names of an enumeration's members, in their order. */
function listNames(members: Record<string, string | number>): readonly string[] {
  return Object.keys(members).filter((name) => typeof members[name] === 'number')
}

/** Sizes of the two rings' data, powers of two. */
export interface RingSizes {
  readonly inboundBytes: number
  readonly outboundBytes: number
}

/** What an operator says is obeyed within milliseconds: some two hundred commands may wait. */
const COMMAND_RING_BYTES = 1 << 15
/** Rows of the I/O kernel's `outcomes` section, and doubles in each: see `CommandInbox`. */
export const OUTCOME_ROWS = 64
export const OUTCOME_DOUBLES = 5

const FLIGHT = { name: 'flight', bytes: FLIGHT_RECORDER_BYTES }
const REPORT = { name: 'report', bytes: REPORT_BYTES }
const BELL = { name: BELL_SECTION, bytes: BELL_BYTES }

/** What lies in the region of each process; the same plan for the shared memory and for one thread's heap. */
export function planKernelRegion(kernel: KernelName, rings: RingSizes): RegionPlan {
  const stamps = { name: 'stamps', bytes: STAMP_SLOTS * 8 }
  const cursor = (name: string) => ({ name, bytes: CursorLayout.Bytes })
  const histogram = (name: string) => ({ name, bytes: HISTOGRAM_BYTES })
  switch (kernel) {
    case 'supervisor':
      return planRegion([
        { name: 'control', bytes: ControlWord.Count * 4 },
        { name: 'gating', bytes: Membership.Count * 4 },
        { name: PROMOTION_SECTION, bytes: PROMOTION_BYTES },
        { name: 'ring.commands', bytes: ringSectionBytes(COMMAND_RING_BYTES) },
        BELL,
        FLIGHT,
      ])
    case 'io':
      return planRegion([
        BELL,
        cursor('cursor.outbound'),
        cursor('cursor.commands'),
        { name: 'outcomes', bytes: OUTCOME_ROWS * OUTCOME_DOUBLES * 8 },
        { name: 'counters', bytes: countersSectionBytes(IO_COUNTERS) },
        histogram('hop.ringOut'),
        histogram('hop.tickToOrder'),
        histogram('hop.hold'),
        histogram('hop.wire'),
        stamps,
        FLIGHT,
        REPORT,
        { name: 'ring.inbound', bytes: ringSectionBytes(rings.inboundBytes) },
      ])
    case 'strategy':
      return planRegion([
        BELL,
        cursor('cursor.inbound'),
        { name: 'counters', bytes: countersSectionBytes(STRATEGY_COUNTERS) },
        { name: 'activity', bytes: 64 },
        histogram('hop.ringIn'),
        histogram('hop.decide'),
        stamps,
        FLIGHT,
        REPORT,
        { name: 'ring.outbound', bytes: ringSectionBytes(rings.outboundBytes) },
      ])
    case 'storage':
      return planRegion([
        BELL,
        cursor('cursor.inbound'),
        cursor('cursor.outbound'),
        { name: 'counters', bytes: countersSectionBytes(STORAGE_COUNTERS) },
        { name: 'positions', bytes: 16 * 8 },
        histogram('hop.written'),
        FLIGHT,
        REPORT,
      ])
    case 'standby':
      return planRegion([
        BELL,
        { name: 'counters', bytes: countersSectionBytes(STANDBY_COUNTERS) },
        { name: 'activity', bytes: 64 },
        FLIGHT,
      ])
  }
}

/** Writes the headers of the rings into a region that has none yet. */
export function formatRings(region: Region, kernel: KernelName, rings: RingSizes): void {
  const ring = ringOf(kernel, rings)
  if (ring === undefined) return
  const words = region.viewWords(ring.name)
  if (words[RingHeader.CapacityBytes >> 2] !== 0) return
  RingProducer.format(region.buffer, region.offsetOf(ring.name), ring.bytes)
}

function ringOf(kernel: KernelName, rings: RingSizes): { readonly name: string; readonly bytes: number } | undefined {
  switch (kernel) {
    case 'io':
      return { name: 'ring.inbound', bytes: rings.inboundBytes }
    case 'strategy':
      return { name: 'ring.outbound', bytes: rings.outboundBytes }
    case 'supervisor':
      return { name: 'ring.commands', bytes: COMMAND_RING_BYTES }
    default:
      return undefined
  }
}

/** A kernel's region on the heap, for the layout in which all share one thread. */
export function createHeapRegion(kernel: KernelName, rings: RingSizes): Region {
  const region = Region.onHeap(kernel, planKernelRegion(kernel, rings).sections)
  formatRings(region, kernel, rings)
  return region
}

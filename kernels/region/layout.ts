/**
 * The layout of a region: the one shared-memory file that a kernel may write.
 *
 *     0                 512                1536             4096
 *     ┌─────────────────┬──────────────────┬────────────────┬───────────┬───────────┬─────
 *     │ header          │ section table    │ fault slot,    │ section 0 │ section 1 │ …
 *     │ who, what, when │ 32 × 32 bytes    │ spare          │ 64-aligned, in table order
 *     └─────────────────┴──────────────────┴────────────────┴───────────┴───────────┴─────
 *
 * Exactly one process writes a region; everyone else maps it read-only. It outlives its process: a black box after a
 * crash and the resume point for the next owner.
 */

/** "XKREGION" as two little-endian words. */
export const REGION_MAGIC_LOW = 0x45524b58
export const REGION_MAGIC_HIGH = 0x4e4f4947
/** Raised whenever the header, the section table or a section's inner layout changes. */
export const REGION_LAYOUT_VERSION = 1

/** Byte offsets of the header. */
export enum RegionHeader {
  MagicLow = 0,
  MagicHigh = 4,
  LayoutVersion = 8,
  /** Hash over the section table: two owners with other sizes do not take each other's region for their own. */
  LayoutHash = 12,
  Bytes = 16,
  OwnerPid = 24,
  /** Incremented by every owner that takes the region over; 1 for the first. */
  Epoch = 28,
  /** Field 22 of /proc/<pid>/stat of the owner: clock ticks since boot (proc(5)). Describes; the lock decides. */
  OwnerStartTicks = 32,
  State = 40,
  SectionCount = 44,
  /** Counts up while the owner's loop turns; the supervisor watches it. */
  Heartbeat = 48,
  /** Monotonic ns of the last heartbeat. */
  HeartbeatTime = 56,
  /** Kernel kind and instance, zero-padded ASCII. */
  Kernel = 64,
  Instance = 96,
  End = 160,
}

export enum RegionState {
  Creating = 0,
  Preparing = 1,
  Running = 2,
  Stopped = 3,
  Failed = 4,
  /** Everything is mapped and ready; waiting for the others. */
  Attached = 5,
}

export const SECTION_TABLE_AT = 512
export const SECTION_BYTES = 32
export const SECTIONS_MAX = 32
/** 64 bytes written by the fault handler alone. */
export const FAULT_SLOT_AT = 1536
export const FAULT_SLOT_BYTES = 64
export const SECTIONS_AT = 4096
export const SECTION_ALIGN_BYTES = 64
const PAGE_BYTES = 4096
/** Offsets within a region stay small integers. */
const REGION_BYTES_MAX = 2 ** 31 - PAGE_BYTES
/** At most 15 printable ASCII characters. */
const SECTION_NAME = /^[\x21-\x7e]{1,15}$/

/** Byte offsets of one entry of the section table. */
export enum SectionEntry {
  Name = 0,
  Offset = 16,
  Bytes = 24,
  End = 32,
}

export interface SectionPlan {
  /** At most 15 ASCII characters, unique in its region. */
  readonly name: string
  readonly bytes: number
}

export interface Section {
  readonly name: string
  readonly offset: number
  readonly bytes: number
}

export interface RegionPlan {
  readonly sections: readonly Section[]
  readonly bytes: number
  readonly layoutHash: number
}

if (SECTION_TABLE_AT + SECTIONS_MAX * SECTION_BYTES > FAULT_SLOT_AT || SectionEntry.End !== SECTION_BYTES) {
  throw new Error('region layout: the section table overlaps its neighbours')
}

function hashText(hash: number, text: string): number {
  let mixed = hash
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193)
  return mixed >>> 0
}

/** FNV-1a over version, names and sizes: what the header of a region with these sections holds. */
export function hashSections(sections: readonly SectionPlan[]): number {
  let hash = hashText(0x811c9dc5, String(REGION_LAYOUT_VERSION))
  for (const { name, bytes } of sections) hash = hashText(hash, `${name}:${bytes};`)
  return hash
}

/**
 * Lays sections out one after the other, each aligned to 64 bytes (a cache line, so that two sections never share one).
 * @throws RangeError for more than 32 sections, an unusable name or size, or more than 2 GiB in all
 */
export function planRegion(plans: readonly SectionPlan[]): RegionPlan {
  if (plans.length > SECTIONS_MAX) throw new RangeError(`a region holds ${SECTIONS_MAX} sections, not ${plans.length}`)
  const sections: Section[] = []
  let at = SECTIONS_AT
  for (const plan of plans) {
    if (!SECTION_NAME.test(plan.name)) throw new RangeError(`section name "${plan.name}"`)
    if (!Number.isInteger(plan.bytes) || plan.bytes < 0) throw new RangeError(`section size ${plan.bytes}`)
    if (sections.some((section) => section.name === plan.name)) throw new RangeError(`two sections "${plan.name}"`)
    sections.push({ name: plan.name, offset: at, bytes: plan.bytes })
    at += Math.ceil(plan.bytes / SECTION_ALIGN_BYTES) * SECTION_ALIGN_BYTES
  }
  const bytes = Math.ceil(at / PAGE_BYTES) * PAGE_BYTES
  if (bytes > REGION_BYTES_MAX) throw new RangeError(`a region of ${bytes} bytes is over ${REGION_BYTES_MAX}`)
  return { sections, bytes, layoutHash: hashSections(sections) }
}

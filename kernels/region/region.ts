import { RegionLayoutError } from './errors.ts'
import {
  hashSections,
  planRegion,
  REGION_LAYOUT_VERSION,
  REGION_MAGIC_HIGH,
  REGION_MAGIC_LOW,
  RegionHeader,
  type RegionPlan,
  RegionState,
  SECTION_ALIGN_BYTES,
  SECTION_BYTES,
  SECTION_TABLE_AT,
  SECTIONS_AT,
  SECTIONS_MAX,
  type Section,
  SectionEntry,
} from './layout.ts'

export interface RegionOwner {
  readonly pid: number
  /** Clock ticks since boot at which the owner started. */
  readonly startTicks: number
  readonly kernel: string
  readonly instance: string
}

/** A mapped region: its header words and where its sections lie. Works the same on shared memory and on the heap. */
export class Region {
  readonly buffer: ArrayBufferLike
  readonly sections: readonly Section[]
  /** What to call it in messages: its path, or "heap". */
  readonly label: string
  readonly #words: Int32Array
  readonly #facts: Float64Array

  private constructor(buffer: ArrayBufferLike, sections: readonly Section[], label: string) {
    this.buffer = buffer
    this.sections = sections
    this.label = label
    this.#words = new Int32Array(buffer, 0, RegionHeader.End >> 2)
    this.#facts = new Float64Array(buffer, 0, RegionHeader.End >> 3)
  }

  /** Writes the header and the section table into zeroed memory. */
  static format(buffer: ArrayBufferLike, plan: RegionPlan, owner: RegionOwner, label: string): Region {
    const words = new Int32Array(buffer, 0, RegionHeader.End >> 2)
    const facts = new Float64Array(buffer)
    words[RegionHeader.LayoutVersion >> 2] = REGION_LAYOUT_VERSION
    words[RegionHeader.LayoutHash >> 2] = plan.layoutHash | 0
    facts[RegionHeader.Bytes >> 3] = plan.bytes
    words[RegionHeader.SectionCount >> 2] = plan.sections.length
    writeText(buffer, RegionHeader.Kernel, 32, owner.kernel)
    writeText(buffer, RegionHeader.Instance, 64, owner.instance)
    plan.sections.forEach((section, index) => {
      const at = SECTION_TABLE_AT + index * SECTION_BYTES
      writeText(buffer, at + SectionEntry.Name, 16, section.name)
      facts[(at + SectionEntry.Offset) >> 3] = section.offset
      facts[(at + SectionEntry.Bytes) >> 3] = section.bytes
    })
    words[RegionHeader.MagicHigh >> 2] = REGION_MAGIC_HIGH
    Atomics.store(words, RegionHeader.MagicLow >> 2, REGION_MAGIC_LOW)
    const region = new Region(buffer, plan.sections, label)
    region.claimOwnership(owner)
    return region
  }

  /**
   * Reads the header and the section table of a mapped region.
   * @throws RegionLayoutError when it is no region, or one of another layout
   */
  static open(buffer: ArrayBufferLike, label: string): Region {
    if (buffer.byteLength < SECTIONS_AT) throw new RegionLayoutError(label, 'it is too small to be a region')
    const words = new Int32Array(buffer, 0, RegionHeader.End >> 2)
    const facts = new Float64Array(buffer, 0, buffer.byteLength >> 3)
    const magic = Atomics.load(words, RegionHeader.MagicLow >> 2)
    if (magic !== REGION_MAGIC_LOW || words[RegionHeader.MagicHigh >> 2] !== REGION_MAGIC_HIGH) {
      throw new RegionLayoutError(label, 'it does not begin with the magic of a region')
    }
    const version = words[RegionHeader.LayoutVersion >> 2]!
    if (version !== REGION_LAYOUT_VERSION) {
      throw new RegionLayoutError(label, `its layout is version ${version}, this build reads ${REGION_LAYOUT_VERSION}`)
    }
    const statedBytes = facts[RegionHeader.Bytes >> 3]!
    if (statedBytes !== buffer.byteLength) {
      throw new RegionLayoutError(label, `it says ${statedBytes} bytes and has ${buffer.byteLength}`)
    }
    const sections = readSections(buffer, words[RegionHeader.SectionCount >> 2]!, label)
    const region = new Region(buffer, sections, label)
    if (hashSections(sections) !== region.layoutHash) {
      throw new RegionLayoutError(label, 'its section table does not agree with its hash')
    }
    return region
  }

  /** Whether a region's first owner got as far as writing its header and section table. */
  static isFormatted(buffer: ArrayBufferLike): boolean {
    return Atomics.load(new Int32Array(buffer, 0, 1), RegionHeader.MagicLow >> 2) === REGION_MAGIC_LOW
  }

  /** A region on the heap, for kernels that share one thread. */
  static onHeap(kernel: string, sections: Parameters<typeof planRegion>[0]): Region {
    const plan = planRegion(sections)
    const owner = { pid: 0, startTicks: 0, kernel, instance: 'inline' }
    return Region.format(new ArrayBuffer(plan.bytes), plan, owner, `${kernel} on the heap`)
  }

  /** Records a new owner and its epoch, and that it has only begun; the caller holds the region's lock. */
  claimOwnership(owner: RegionOwner): void {
    this.state = RegionState.Creating
    this.#words[RegionHeader.OwnerPid >> 2] = owner.pid
    this.#facts[RegionHeader.OwnerStartTicks >> 3] = owner.startTicks
    Atomics.add(this.#words, RegionHeader.Epoch >> 2, 1)
  }

  /**
   * Where a section begins, in bytes.
   * @throws RegionLayoutError when the region has none of that name
   */
  offsetOf(name: string): number {
    return this.find(name).offset
  }

  /** @throws RegionLayoutError when the region has no section of that name */
  find(name: string): Section {
    const section = this.sections.find((candidate) => candidate.name === name)
    if (section === undefined) throw new RegionLayoutError(this.label, `it has no section "${name}"`)
    return section
  }

  /** A section's place, as rings and cursors take it. */
  place(name: string): { buffer: ArrayBufferLike; byteOffset: number } {
    return { buffer: this.buffer, byteOffset: this.offsetOf(name) }
  }

  viewWords(name: string): Int32Array {
    const section = this.find(name)
    return new Int32Array(this.buffer, section.offset, section.bytes >> 2)
  }

  viewDoubles(name: string): Float64Array {
    const section = this.find(name)
    return new Float64Array(this.buffer, section.offset, section.bytes >> 3)
  }

  get layoutHash(): number {
    return this.#words[RegionHeader.LayoutHash >> 2]! >>> 0
  }

  get epoch(): number {
    return Atomics.load(this.#words, RegionHeader.Epoch >> 2)
  }

  get ownerPid(): number {
    return this.#words[RegionHeader.OwnerPid >> 2]!
  }

  get ownerStartTicks(): number {
    return this.#facts[RegionHeader.OwnerStartTicks >> 3]!
  }

  get kernel(): string {
    return readText(this.buffer, RegionHeader.Kernel, 32)
  }

  get instance(): string {
    return readText(this.buffer, RegionHeader.Instance, 64)
  }

  get state(): RegionState {
    return Atomics.load(this.#words, RegionHeader.State >> 2)
  }

  set state(state: RegionState) {
    Atomics.store(this.#words, RegionHeader.State >> 2, state)
  }

  /** Owner only: the loop turned once more. */
  beat(): void {
    this.#words[RegionHeader.Heartbeat >> 2] = (this.#words[RegionHeader.Heartbeat >> 2]! + 1) | 0
  }

  get heartbeat(): number {
    return this.#words[RegionHeader.Heartbeat >> 2]!
  }
}

function readSections(buffer: ArrayBufferLike, count: number, label: string): Section[] {
  if (count < 0 || count > SECTIONS_MAX) throw new RegionLayoutError(label, `it claims ${count} sections`)
  const facts = new Float64Array(buffer, 0, buffer.byteLength >> 3)
  const sections: Section[] = []
  for (let index = 0; index < count; index++) {
    const at = SECTION_TABLE_AT + index * SECTION_BYTES
    const offset = facts[(at + SectionEntry.Offset) >> 3]!
    const bytes = facts[(at + SectionEntry.Bytes) >> 3]!
    const isAligned = Number.isInteger(bytes) && offset % SECTION_ALIGN_BYTES === 0
    if (!isAligned || offset < SECTIONS_AT || bytes < 0 || offset + bytes > buffer.byteLength) {
      throw new RegionLayoutError(label, `section ${index} lies outside the file`)
    }
    sections.push({ name: readText(buffer, at + SectionEntry.Name, 16), offset, bytes })
  }
  return sections
}

/** Writes zero-padded ASCII; text that does not fit is cut, a last zero stays. */
export function writeText(buffer: ArrayBufferLike, at: number, bytes: number, text: string): void {
  const target = new Uint8Array(buffer, at, bytes)
  target.fill(0)
  for (let i = 0; i < text.length && i < bytes - 1; i++) target[i] = text.charCodeAt(i) & 0x7f
}

/** Reads zero-padded ASCII. */
export function readText(buffer: ArrayBufferLike, at: number, bytes: number): string {
  let text = ''
  for (const code of new Uint8Array(buffer, at, bytes)) {
    if (code === 0) break
    text += String.fromCharCode(code)
  }
  return text
}

import { expect, test } from 'vitest'
import { RegionLayoutError } from '../../kernels/region/errors.ts'
import {
  planRegion,
  RegionHeader,
  RegionState,
  SECTION_BYTES,
  SECTION_TABLE_AT,
  SectionEntry,
} from '../../kernels/region/layout.ts'
import { Region } from '../../kernels/region/region.ts'

const SECTIONS = [
  { name: 'bell', bytes: 64 },
  { name: 'counters', bytes: 100 },
  { name: 'ring', bytes: 8192 },
]
const OWNER = { pid: 1234, startTicks: 5678, kernel: 'io', instance: 'paper' }

function format(): { buffer: ArrayBuffer; region: Region } {
  const plan = planRegion(SECTIONS)
  const buffer = new ArrayBuffer(plan.bytes)
  return { buffer, region: Region.format(buffer, plan, OWNER, 'here') }
}

test('What is formatted is what is opened', () => {
  const { buffer, region } = format()
  region.state = RegionState.Running
  region.beat()
  const opened = Region.open(buffer, 'there')
  expect(opened.sections).toEqual(region.sections)
  expect(opened).toMatchObject({
    epoch: 1,
    ownerPid: 1234,
    ownerStartTicks: 5678,
    kernel: 'io',
    instance: 'paper',
    state: RegionState.Running,
    heartbeat: 1,
    label: 'there',
    layoutHash: planRegion(SECTIONS).layoutHash,
  })
  expect(opened.viewWords('bell').length).toBe(16)
  expect(opened.viewDoubles('counters').length).toBe(12)
  expect(opened.place('ring')).toEqual({ buffer, byteOffset: opened.offsetOf('ring') })
  expect(() => opened.offsetOf('rings')).toThrow(/no section "rings"/)
})

test('Sections lie apart on cache lines of their own, and the region fills whole pages', () => {
  const { sections, bytes } = planRegion(SECTIONS)
  expect(sections.map(({ offset }) => offset)).toEqual([4096, 4160, 4288])
  expect(bytes).toBe(16384)
})

test('Other names, sizes or orders have another hash', () => {
  const hashes = [
    SECTIONS,
    SECTIONS.toReversed(),
    SECTIONS.slice(1),
    [{ name: 'bell', bytes: 128 }, ...SECTIONS.slice(1)],
    [{ name: 'bells', bytes: 64 }, ...SECTIONS.slice(1)],
  ].map((sections) => planRegion(sections).layoutHash)
  expect(new Set(hashes).size).toBe(hashes.length)
})

test('A new owner begins the next epoch and has only begun', () => {
  const { region } = format()
  region.state = RegionState.Running
  region.claimOwnership({ ...OWNER, pid: 99, startTicks: 100 })
  expect(region).toMatchObject({ epoch: 2, ownerPid: 99, ownerStartTicks: 100, state: RegionState.Creating })
})

test('Plans that no region can have are refused', () => {
  const section = (name: string, bytes = 64) => ({ name, bytes })
  expect(() => planRegion(Array.from({ length: 33 }, (_, i) => section(`s${i}`)))).toThrow(/32 sections/)
  for (const name of ['', 'sixteen.letters!', 'two words', 'größe', 'tab\t']) {
    expect(() => planRegion([section(name)])).toThrow(RangeError)
  }
  expect(() => planRegion([section('a'), section('a')])).toThrow(/two sections/)
  for (const bytes of [-1, 1.5, Number.NaN, 2 ** 31, 2 ** 32, 2 ** 40]) {
    expect(() => planRegion([section('a', bytes)])).toThrow(RangeError)
  }
  expect(() => planRegion([section('a', 2 ** 30), section('b', 2 ** 30)])).toThrow(RangeError)
})

test('Whatever is wrong with a header is a typed error that says so', () => {
  const at = (index: number, entry: SectionEntry) => (SECTION_TABLE_AT + index * SECTION_BYTES + entry) >> 3
  const damages: [RegExp, (words: Int32Array, facts: Float64Array) => void][] = [
    [/magic/, (words) => words.fill(0, 0, 1)],
    [/magic/, (words) => words.fill(0, 1, 2)],
    [/version 9/, (words) => words.fill(9, RegionHeader.LayoutVersion >> 2, (RegionHeader.LayoutVersion >> 2) + 1)],
    [/says 4096 bytes/, (_, facts) => facts.fill(4096, RegionHeader.Bytes >> 3, (RegionHeader.Bytes >> 3) + 1)],
    [/33 sections/, (words) => words.fill(33, RegionHeader.SectionCount >> 2, (RegionHeader.SectionCount >> 2) + 1)],
    [/-1 sections/, (words) => words.fill(-1, RegionHeader.SectionCount >> 2, (RegionHeader.SectionCount >> 2) + 1)],
    [/hash/, (words) => words.fill(2, RegionHeader.SectionCount >> 2, (RegionHeader.SectionCount >> 2) + 1)],
    [/hash/, (_, facts) => facts.fill(8, at(1, SectionEntry.Bytes), at(1, SectionEntry.Bytes) + 1)],
  ]
  for (const offset of [-64, 0, 1.5, 4100, 2 ** 40, Number.NaN, Number.POSITIVE_INFINITY]) {
    damages.push([
      /section 2 lies/,
      (_, facts) => facts.fill(offset, at(2, SectionEntry.Offset), at(2, SectionEntry.Offset) + 1),
    ])
  }
  for (const [message, damage] of damages) {
    const { buffer } = format()
    damage(new Int32Array(buffer), new Float64Array(buffer))
    expect(() => Region.open(buffer, 'x.region')).toThrow(message)
    expect(() => Region.open(buffer, 'x.region')).toThrow(RegionLayoutError)
  }
  expect(() => Region.open(new ArrayBuffer(1024), 'short')).toThrow(/too small/)
})

test('Long names are cut, not run over', () => {
  const plan = planRegion(SECTIONS)
  const owner = { ...OWNER, kernel: 'k'.repeat(50), instance: 'i'.repeat(100) }
  const region = Region.format(new ArrayBuffer(plan.bytes), plan, owner, 'here')
  expect(region.kernel).toBe('k'.repeat(31))
  expect(region.instance).toBe('i'.repeat(63))
})

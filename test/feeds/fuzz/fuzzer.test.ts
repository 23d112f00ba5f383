import { describe, expect, it } from 'vitest'
import { runBounded } from '../../../appliance/work/run-bounded.ts'
import { Exhaustion } from '../../../feeds/fuzz/exhaust.ts'
import { EPOCH_MUTATIONS } from '../../../feeds/fuzz/fuzz.ts'
import { GROWTH_BYTES_MAX, type MemoryReading } from '../../../feeds/fuzz/memory-watch.ts'
import { FuzzFault, type FuzzTarget } from '../../../feeds/fuzz/target.ts'
import { fuzz } from './drive.ts'

const seeds = [Buffer.from([1, 2, 3, 4])]
const NOTHING: MemoryReading = { heapBytes: 0, externalBytes: 0, residentBytes: 0 }

function probe(take: (bytes: Uint8Array, length: number, poison: number) => number): FuzzTarget {
  return {
    name: 'probe',
    seeds,
    open: (poison) => ({ take: (bytes, length) => take(bytes, length, poison), report: () => undefined }),
  }
}

async function faultOf(take: (bytes: Uint8Array, length: number, poison: number) => number) {
  const [result] = await fuzz({ targets: [probe(take)], mutations: 1000, seed: 5, readMemory: () => NOTHING })
  return result!.fault
}

describe('the fuzzer', () => {
  it('finds what throws, and tells how to run it again', async () => {
    const fault = await faultOf((bytes) => {
      if (bytes[0]! > 0x90) throw new FuzzFault('too much')
      return 0
    })
    expect(fault).toMatchObject({ what: 'FuzzFault: too much' })
    expect(fault!.replay).toBe(`xk bench fuzz --target probe --seed 5 --from 0 --mutations ${fault!.mutation + 1}`)
    expect(Buffer.from(fault!.input, 'hex')[0]).toBeGreaterThan(0x90)
  })

  it('finds what reads beyond the input', async () => {
    expect((await faultOf((_, length, poison) => (length < 4 ? poison : 0)))!.what).toMatch(/outside of the input/)
    expect(await faultOf(() => 7)).toBeNull()
  })

  it('finds what does not come to an end', async () => {
    const target = probe((bytes) => {
      while (bytes[0]! > 0x90);
      return 0
    })
    const run = (epoch: () => void) => runBounded(epoch, 200)
    const [result] = await fuzz({
      targets: [target],
      mutations: 1000,
      seed: 5,
      readMemory: () => NOTHING,
      runBounded: run,
    })
    expect(result!.fault!.what).toMatch(/timed out/)
    expect(Buffer.from(result!.fault!.input, 'hex')[0]).toBeGreaterThan(0x90)
  })

  it.each(['heapBytes', 'externalBytes', 'residentBytes'] as const)('finds memory that grows: %s', async (key) => {
    let bytes = 0
    const readMemory = () => {
      bytes += GROWTH_BYTES_MAX[key] + 1
      return { ...NOTHING, [key]: bytes }
    }
    const mutations = 2 * EPOCH_MUTATIONS
    const [result] = await fuzz({ readMemory, targets: [probe(() => 0)], mutations, seed: 5 })
    expect(result!.fault!.what).toMatch(/grew by \d+ bytes/)
  })

  it('believes that memory has grown only when it is not given back', async () => {
    let readings = 0
    const readMemory = () => ({ ...NOTHING, heapBytes: readings++ % 3 === 1 ? 1 << 30 : readings })
    const mutations = 2 * EPOCH_MUTATIONS
    const [result] = await fuzz({ readMemory, targets: [probe(() => 0)], mutations, seed: 5 })
    expect(result!.fault).toBeNull()
    expect(result!.growth.heapBytes).toBeLessThan(100)
  })

  it('holds on to what was really kept', async () => {
    const kept: Uint8Array[] = []
    const target = probe((_, length) => {
      kept.push(new Uint8Array(65_536))
      return length
    })
    const [result] = await fuzz({ targets: [target], mutations: 2 * EPOCH_MUTATIONS, seed: 5 })
    expect(result!.fault!.what).toMatch(/external memory grew/)
  })

  it.each([
    ['each flip for fresh subjects', false, 1 + 32],
    ['all flips for one pair where nothing is kept', true, 1 + 1],
  ])('cuts at every byte and flips every bit, %s', (_name, isStateless, pairs) => {
    const seen: string[] = []
    let opened = 0
    const target: FuzzTarget = {
      name: 'probe',
      seeds,
      isStateless,
      open: () => {
        opened++
        const take = (bytes: Uint8Array, length: number) => {
          seen.push(Buffer.from(bytes.subarray(0, length)).toString('hex'))
          return 0
        }
        return { take, report: () => undefined }
      },
    }
    const exhaustion = new Exhaustion(target)
    exhaustion.run()
    expect(exhaustion).toMatchObject({ inputs: 5 + 32, what: undefined })
    expect(opened).toBe(2 * pairs)
    expect(seen).toHaveLength(2 * (5 + 32))
    for (const text of ['', '01', '0102', '010203', '01020304', '00020304', '01020384']) expect(seen).toContain(text)
  })

  it('finds what a cut or a flipped bit does', async () => {
    const fault = await faultOf((_, length, poison) => (length === 2 ? poison : 0))
    expect(fault).toMatchObject({
      mutation: 0,
      what: expect.stringMatching(/^cut to 2 bytes: bytes outside/),
      input: '0102',
    })
    const flipped = await faultOf((bytes) => {
      if (bytes[3] === 0x84) throw new FuzzFault('high bit')
      return 0
    })
    expect(flipped).toMatchObject({ what: 'bit 31 flipped: FuzzFault: high bit', input: '01020384' })
  })
})

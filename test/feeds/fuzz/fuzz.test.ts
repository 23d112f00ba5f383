import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exhaustInput, type FuzzOptions, type FuzzResult, runFuzz } from '../../../feeds/fuzz/fuzz.ts'
import { FuzzFault, type FuzzTarget } from '../../../feeds/fuzz/target.ts'
import { listFuzzTargets } from '../../../feeds/fuzz/targets.ts'
import { FEED_PROTOCOLS } from '../../../feeds/protocol/registry.ts'
import { findCaptures } from '../../support/captures.ts'

/*
 * Mutations of all that reads bytes from outside, 100,000 in all; `xk bench fuzz` does as many as it is told.
 * Another seed: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/fuzz
 */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_261_124)
const MUTATIONS = 100_000
/** A hundred times as slow as the others: they get fewer. */
const SLOW = ['gzip', 'zstd', 'itch50-file']
const SLOW_MUTATIONS = 500
const FOLDERS = ['nasdaq-itch50', 'iex', 'cme-mdp3', 'cboe-pitch', 'dbn', 'itch-other-venues', 'nasdaq-other']

const captures = findCaptures()

/** Small capture files, a few of each folder: their messages are real ones. */
function listSeedFiles(): string[] {
  if (captures === undefined) return []
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(captures, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => existsSync(join(captures, folder, `${name}.expected.json`)) && !name.endsWith('.xml'))
      .filter((name) => !name.includes('DEEP10.pcap'))
      .sort()
      .slice(0, 12)
      .map((name) => join(captures, folder, name)),
  )
}

function fuzz(options: FuzzOptions): FuzzResult[] {
  const run = runFuzz(options)
  for (;;) {
    const step = run.next()
    if (step.done === true) return step.value
  }
}

const clock = { nowNs: () => Number(process.hrtime.bigint()), memoryBytes: () => process.memoryUsage().rss }

describe('mutations of what comes from outside', { timeout: 300_000 }, () => {
  const targets = listFuzzTargets(listSeedFiles())

  it('are taken by every protocol of the registry, and by every container', () => {
    const names = targets.map(({ name }) => name)
    for (const { name, carrier } of FEED_PROTOCOLS) {
      expect(names).toContain(carrier === 'datagram' ? name : `${name}-${carrier}`)
    }
    for (const name of ['frames', 'pcap', 'pcapng', 'gzip', 'zstd']) expect(names).toContain(name)
    for (const { name, seeds } of targets) expect(seeds.length, name).toBeGreaterThan(0)
  })

  it(`do no harm (seed ${SEED})`, () => {
    const isSlow = ({ name }: FuzzTarget) => SLOW.includes(name)
    const slow = targets.filter(isSlow)
    const quick = targets.filter((target) => !isSlow(target))
    const mutations = Math.ceil((MUTATIONS - slow.length * SLOW_MUTATIONS) / quick.length)
    const results = [
      ...fuzz({ ...clock, targets: quick, mutations, seed: SEED }),
      ...fuzz({ ...clock, targets: slow, mutations: SLOW_MUTATIONS, seed: SEED }),
    ]
    expect(results.flatMap(({ target, fault }) => (fault === null ? [] : [{ target, ...fault }]))).toEqual([])
    expect(results.reduce((sum, result) => sum + result.mutations, 0)).toBeGreaterThanOrEqual(MUTATIONS)
  })

  const files = ['pcap', 'pcapng', 'gzip', 'zstd', 'itch50-file', 'pitch-file', 'dbn-file']
  it.each(files)('%s: cut at every byte, and with every bit of its headers flipped', (name) => {
    const target = targets.find((candidate) => candidate.name === name)!
    expect(exhaustInput(target, target.seeds[0]!, 128)).toBeUndefined()
  })
})

describe('the fuzzer', () => {
  const seeds = [Buffer.from([1, 2, 3, 4])]
  const run = (take: (bytes: Uint8Array, length: number, poison: number) => number) => {
    const target: FuzzTarget = {
      name: 'probe',
      seeds,
      open: (poison) => ({ take: (bytes, length) => take(bytes, length, poison), report: () => undefined }),
    }
    return fuzz({ ...clock, targets: [target], mutations: 1000, seed: 5 })[0]!.fault
  }

  it('finds what throws, and tells how to run it again', () => {
    const fault = run((bytes) => {
      if (bytes[0]! > 100) throw new FuzzFault('too much')
      return 0
    })
    expect(fault).toMatchObject({ what: 'FuzzFault: too much' })
    expect(fault!.replay).toBe(`xk bench fuzz --target probe --seed 5 --from 0 --mutations ${fault!.mutation + 1}`)
    expect(Buffer.from(fault!.input, 'hex')[0]).toBeGreaterThan(100)
  })

  it('finds what reads beyond the input', () => {
    expect(run((_, length, poison) => (length < 4 ? poison : 0))!.what).toMatch(/outside of the input/)
    expect(run(() => 7)).toBeNull()
  })

  it('finds memory that grows', () => {
    let bytes = 0
    const target: FuzzTarget = { name: 'hoarder', seeds, open: () => ({ take: () => 0, report: () => undefined }) }
    const memoryBytes = () => (bytes += 1 << 30)
    const [result] = fuzz({ ...clock, memoryBytes, targets: [target], mutations: 10, seed: 5 })
    expect(result!.fault!.what).toMatch(/holds \d+ bytes more/)
  })
})

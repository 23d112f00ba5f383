import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exhaustInput } from '../../../feeds/fuzz/exhaust.ts'
import { listFuzzTargets } from '../../../feeds/fuzz/targets.ts'
import { FEED_PROTOCOLS } from '../../../feeds/protocol/registry.ts'
import { findCaptures } from '../../support/captures.ts'
import { fuzz } from './drive.ts'

/*
 * Mutations of all that reads bytes from outside; `xk bench fuzz` makes as many as it is told.
 * Another seed: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/fuzz
 */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_261_124)
const MUTATIONS = 100_000
/** Ten times as slow as the others: zlib is opened some times for each. */
const GZIP_MUTATIONS = 20_000
const HEADER_BYTES = 128
/** Of each target, cut at every byte. */
const EXHAUSTED_SEEDS = 3
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

describe('what comes from outside', { timeout: 300_000 }, () => {
  const targets = listFuzzTargets(listSeedFiles())

  it('is a target, for every protocol of the registry and every container', () => {
    const names = targets.map(({ name }) => name)
    for (const { name, carrier } of FEED_PROTOCOLS) {
      expect(names).toContain(carrier === 'datagram' ? name : `${name}-${carrier}`)
    }
    for (const name of ['frames', 'pcap', 'pcapng', 'gzip', 'zstd']) expect(names).toContain(name)
    for (const { name, seeds } of targets) expect(seeds.length, name).toBeGreaterThan(0)
  })

  it.each(targets.map(({ name }) => name))(`does no harm when it is mutated (seed ${SEED}): %s`, async (name) => {
    const mutations = name === 'gzip' ? GZIP_MUTATIONS : MUTATIONS
    const [result] = await fuzz({ targets: targets.filter((target) => target.name === name), mutations, seed: SEED })
    expect(result!.fault).toBeNull()
    expect(result!.mutations).toBe(mutations)
  })

  it.each(targets.map(({ name }) => name))(
    'does no harm when it is cut at any byte, or any bit of its headers is wrong: %s',
    (name) => {
      const target = targets.find((candidate) => candidate.name === name)!
      for (const seed of target.seeds.slice(0, EXHAUSTED_SEEDS)) {
        expect(exhaustInput(target, seed, HEADER_BYTES)).toBeUndefined()
      }
    },
  )
})

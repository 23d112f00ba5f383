import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { listAllFuzzTargets } from '../../../appliance/fuzz/targets.ts'
import type { FuzzResult } from '../../../feeds/fuzz/fuzz.ts'
import { FEED_PROTOCOLS } from '../../../feeds/protocol/registry.ts'
import { findCaptures } from '../../support/captures.ts'

/*
 * Mutations of all that reads bytes from outside, by the command: the built code is some times as fast as these sources are under
 * test. Another seed: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/fuzz
 */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_261_124)
const MUTATIONS = Number(process.env.XK_FUZZ_MUTATIONS ?? 100_000)
/** Of text and of journals, whose mutations take up to milliseconds. */
const SLOW_MUTATIONS = Math.ceil(MUTATIONS / 100)
const SLOW = ['journal', 'configuration', 'day-file', 'params', 'sbe-schema']
/** Processes at a time: a core each. */
const PROCESSES = 2
const DEADLINE_MS = 900_000
const FOLDERS = ['nasdaq-itch50', 'iex', 'cme-mdp3', 'cboe-pitch', 'dbn', 'itch-other-venues', 'nasdaq-other']
const XK = new URL('../../../appliance/xk.mjs', import.meta.url).pathname

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

async function fuzz(targets: readonly string[], mutations: number): Promise<readonly FuzzResult[]> {
  const options = ['--mutations', String(mutations), '--seed', String(SEED), '--json']
  const command = [XK, 'bench', 'fuzz', ...listSeedFiles(), ...options, '--target', ...targets]
  // A fault ends the command with a code, and is in what it prints.
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 1 << 26 }).catch(
    (error: { stdout?: string }) => {
      if (!error.stdout?.startsWith('{')) throw error
      return { stdout: error.stdout }
    },
  )
  return (JSON.parse(stdout) as { results: FuzzResult[] }).results
}

describe('what comes from outside', { timeout: DEADLINE_MS }, () => {
  const targets = listAllFuzzTargets([])
  const names = targets.map(({ name }) => name)

  it('is a target, for every protocol of the registry, every container and what people write', () => {
    for (const { name, carrier } of FEED_PROTOCOLS) {
      expect(names).toContain(carrier === 'datagram' ? name : `${name}-${carrier}`)
    }
    for (const name of ['frames', 'pcap', 'pcapng', 'gzip', 'zstd', ...SLOW]) expect(names).toContain(name)
    for (const { name, seeds } of targets) expect(seeds.length, name).toBeGreaterThan(0)
  })

  it(`does no harm when it is mutated, cut at any byte, or any bit of its headers is wrong (seed ${SEED})`, async () => {
    const quick = names.filter((name) => !SLOW.includes(name))
    const shares = Array.from({ length: PROCESSES }, (_, i) => quick.filter((_, index) => index % PROCESSES === i))
    const results = (await Promise.all(shares.map((share) => fuzz(share, MUTATIONS)))).flat()
    results.push(...(await fuzz(SLOW, SLOW_MUTATIONS)))
    expect(results.flatMap(({ target, fault }) => (fault === null ? [] : [{ target, ...fault }]))).toEqual([])
    expect(results.map(({ target }) => target).sort()).toEqual([...names].sort())
    for (const { target, mutations, exhausted } of results) {
      expect(mutations, target).toBe(SLOW.includes(target) ? SLOW_MUTATIONS : MUTATIONS)
      expect(exhausted, target).toBeGreaterThan(300)
    }
  })
})

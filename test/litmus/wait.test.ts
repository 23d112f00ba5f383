/**
 * Waiting across three processes. Acceptable outcome: every round ends by a wake; a sleep that ran into its timeout of ten
 * seconds would be a lost wake-up. On a host without futex_waitv (before Linux 5.16) the centre hears only the first of its
 * two peers: there the timeout is a millisecond and only the end of all rounds is asserted.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Word } from '../../kernels/host/futex.ts'
import { WordGroup } from '../../kernels/host/word-group.ts'
import { closeRegion, createOwnedRegion } from '../../kernels/region/shared.ts'
import { Actor } from './support/actor.ts'
import { findNodes, LITMUS_FACTOR } from './support/nodes.ts'
import { WAIT_PLAN } from './support/wait-stage.ts'

const ROUNDS = 10_000 * LITMUS_FACTOR
const PLANS = {
  'blocks at once': { spins: 0, yields: 0, isWoken: true },
  'yields, then blocks': { spins: 0, yields: 3, isWoken: true },
  'spins a little, then blocks': { spins: 200, yields: 1, isWoken: true },
}

function canWaitForSeveral(): boolean {
  const memory = new SharedArrayBuffer(8)
  const words = [new Word(memory, 0), new Word(memory, 4)]
  const group = new WordGroup(words)
  group.wait(0)
  for (const word of words) word.release()
  return group.waitsOnAll
}

const isWaitv = canWaitForSeveral()
const cases = findNodes().flatMap((node) => Object.entries(PLANS).map(([name, plan]) => ({ node, name, plan })))

test.each(cases)(
  'no wake-up is lost by a loop that $name, on Node $node.version',
  { timeout: 60_000 },
  async (given) => {
    if (!isWaitv) console.info('no futex_waitv here: waits are bounded by their timeout alone')
    const folder = mkdtempSync('/dev/shm/test-wait-')
    const paths = ['centre', 'near', 'far'].map((name) => join(folder, `${name}.region`))
    for (const path of paths) closeRegion(createOwnedRegion(path, WAIT_PLAN, { kernel: 'none', instance: 'litmus' }))
    const plan = { ...given.plan, sleepNsMax: isWaitv ? 10e9 : 1e6 }
    const actors = paths.map((_, index) => new Actor(given.node, 'wait-litmus', { paths, index, rounds: ROUNDS, plan }))
    try {
      const counts = (await Promise.all(actors.map((actor) => actor.ended))).map((text) => JSON.parse(text))
      if (isWaitv) expect(counts.map(({ timeouts }) => timeouts)).toEqual([0, 0, 0])
      // One that yields first may find its answer there every time.
      if (given.plan.yields === 0) expect(counts.every(({ sleeps }) => sleeps > 0)).toBe(true)
    } finally {
      await Promise.all(actors.map((actor) => actor.kill().catch(() => {})))
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

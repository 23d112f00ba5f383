/**
 * What ring and waiter rely on, in optimised code over mappings of two processes.
 *
 * Message passing (claim, plain payload, tail against tail, plain payload, claim): acceptable is tail ≤ every word of the
 * payload ≤ claim. Store buffering (atomic store of one's own word, atomic load of the other's): acceptable is that either
 * sees the other's store, or both do; that neither does is not. With plain stores it is acceptable, and told for
 * comparison: a harness in which it never happened on this host would prove little.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closeRegion, createOwnedRegion } from '../../kernels/region/shared.ts'
import { Actor } from './support/actor.ts'
import { MEMORY_PLAN, type MemoryFacts } from './support/memory-stage.ts'
import { findNodes, LITMUS_FACTOR } from './support/nodes.ts'

const MESSAGE_ROUNDS = 1000 * LITMUS_FACTOR
const STORE_ROUNDS = 1000 * LITMUS_FACTOR

test.each(findNodes())(
  'Stores and loads keep their order on Node $version (V8 $v8)',
  {
    timeout: 60_000 * LITMUS_FACTOR,
  },
  async (node) => {
    const folder = mkdtempSync('/dev/shm/test-memory-')
    const paths = [join(folder, 'first.region'), join(folder, 'second.region')] as const
    for (const path of paths) closeRegion(createOwnedRegion(path, MEMORY_PLAN, { kernel: 'none', instance: 'litmus' }))
    const common = { messageRounds: MESSAGE_ROUNDS, storeRounds: STORE_ROUNDS }
    const actors = [
      new Actor(node, 'memory-litmus', { ...common, isFirst: true, own: paths[0], other: paths[1] }),
      new Actor(node, 'memory-litmus', { ...common, isFirst: false, own: paths[1], other: paths[0] }),
    ]
    try {
      const outputs = await Promise.all(actors.map((actor) => actor.ended))
      const [first, second] = outputs.map((text) => JSON.parse(text) as MemoryFacts)
      expect(second!.wrongReads).toBe(0)
      expect(first!.neither).toBe(0)
      expect(second!.neither).toBe(0)
      expect([first!.isOptimised, second!.isOptimised]).toEqual([true, true])
      console.info(`${node.version}: with plain stores, neither saw the other's in ${first!.neitherPlainly} slots`)
    } finally {
      await Promise.all(actors.map((actor) => actor.kill().catch(() => {})))
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

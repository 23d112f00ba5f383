import { expect, test } from 'vitest'
import { type Fault, sampleCrashes } from './support/crash-samples.ts'
import { testSeed } from './support/random.ts'

/** XK_JOURNAL_CRASHES=100000 is what the bench suite runs. */
const CRASHES = Number(process.env.XK_JOURNAL_CRASHES ?? 2000)
const MS_PER_CRASH_MAX = 60

test(`after each of ${CRASHES} sampled crashes what is recovered is a prefix that holds all that was durable`, {
  timeout: Math.max(60_000, CRASHES * MS_PER_CRASH_MAX),
}, () => {
  const counts = sampleCrashes({ crashes: CRASHES, seed: testSeed() })
  const kinds: Fault[] = ['powerCut', 'kill', 'refusedThenPowerCut', 'bitFlip', 'misdirectedWrite', 'lostWrite']
  if (CRASHES < 1000) return
  for (const kind of kinds) expect(counts[kind] ?? 0, kind).toBeGreaterThan(CRASHES / 50)
})

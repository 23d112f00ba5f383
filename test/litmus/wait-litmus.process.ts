/**
 * One of three actors of the waiting litmus: `wait-litmus.process PART`. A centre asks, one of two others answers, in an
 * order that the round's number decides; each waits through its `RingWaiter`. Prints how often it slept, and how often a
 * sleep ended by its timeout.
 * @module
 */
import { writeSync } from 'node:fs'
import { createOwnedRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'
import { RingWaiter } from '../../kernels/ring/wait.ts'
import { answererOf, WAIT_PLAN, type WaitPart } from './support/wait-stage.ts'

const part: WaitPart = JSON.parse(process.argv[2] ?? '')
const own = createOwnedRegion(part.paths[part.index]!, WAIT_PLAN, { kernel: `${part.index}`, instance: 'litmus' })
const regions = part.paths.map((path, index) => (index === part.index ? own : openReadOnlyRegion(path)))
const words = regions.map((region) => region.viewWords('word'))
const [centre, ...others] = regions
const peers = part.index === 0 ? others : [centre!]
const waiter = new RingWaiter(part.plan, own, peers)

/** Stores a value for the others to see, and wakes whoever sleeps. */
function tell(value: number): void {
  Atomics.store(words[part.index]!, 0, value)
  waiter.active()
}

function waitFor(index: number, value: number): void {
  while (Atomics.load(words[index]!, 0) < value) waiter.idle()
}

for (let round = 1; round <= part.rounds; round++) {
  const answerer = answererOf(round)
  if (part.index === 0) {
    tell(round)
    waitFor(answerer, round)
  } else if (part.index === answerer) {
    waitFor(0, round)
    tell(round)
  }
}
writeSync(1, JSON.stringify(waiter.counts))

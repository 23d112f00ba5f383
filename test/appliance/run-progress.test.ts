import { expect, test } from 'vitest'
import { readProgress } from '../../appliance/run/run-progress.ts'
import { createHeapRegion } from '../../kernels/loop/regions.ts'
import { RegionState } from '../../kernels/region/layout.ts'

test('a session runs when its I/O kernel does, not while that is being made', () => {
  const io = createHeapRegion('io', { inboundBytes: 1 << 16, outboundBytes: 1 << 16 })
  const phases = (state: RegionState) => {
    io.state = state
    return readProgress({ io }).phase
  }
  expect(readProgress({}).phase).toBe('preparing')
  for (const state of [RegionState.Creating, RegionState.Preparing, RegionState.Attached]) {
    expect(phases(state)).toBe('preparing')
  }
  for (const state of [RegionState.Running, RegionState.Stopped]) expect(phases(state)).toBe('running')
})

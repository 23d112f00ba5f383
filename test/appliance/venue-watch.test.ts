import { expect, test } from 'vitest'
import { VenueWatch } from '../../appliance/run/venue-watch.ts'
import { VenueState } from '../../kernels/io/entry/venue-state.ts'

function watch(...states: VenueState[]): { readonly told: readonly string[]; readonly isBroken: boolean } {
  const told: string[] = []
  const venue = new VenueWatch({ server: '10.0.0.9:19000', reconnectMs: 50 }, (line) => told.push(line))
  for (const state of states) venue.note(state)
  return { told, isBroken: venue.isBroken }
}

test('each thing that an operator must know is said once', () => {
  const { Unreached, InSession, Lost } = VenueState
  const { told, isBroken } = watch(Unreached, Unreached, InSession, Lost, InSession, Lost, InSession)
  expect(told).toEqual([
    expect.stringMatching(/10\.0\.0\.9:19000 cannot be reached.* every 50 ms/),
    expect.stringMatching(/10\.0\.0\.9:19000 is lost/),
  ])
  expect(isBroken).toBe(false)
})

test.each([
  [VenueState.Unreached, true],
  [VenueState.NotAuthorised, true],
  [VenueState.SessionGone, true],
  [VenueState.MessagesMissed, true],
  [VenueState.SessionEnded, false],
  [VenueState.Lost, false],
])('state %i is told; broken: %s', (state, isBroken) => {
  const seen = watch(state)
  expect(seen.told).toHaveLength(1)
  expect(seen.isBroken).toBe(isBroken)
})

test('what is in order is not told', () => {
  expect(watch(VenueState.Connecting, VenueState.InSession)).toEqual({ told: [], isBroken: false })
})

import { expect, test } from 'vitest'
import { PacketArrivals } from '../../../kernels/io/live/packet-arrivals.ts'

function readAll(arrivals: PacketArrivals, places: readonly number[]): number[] {
  return places.map((at) => {
    arrivals.readAt(at)
    return arrivals.found[0]!
  })
}

test('each record has the arrival of its packet, those without one have none', () => {
  const arrivals = new PacketArrivals()
  arrivals.current[0] = 7
  arrivals.extend(48)
  arrivals.extend(96)
  // A packet that gave no record.
  arrivals.current[0] = 8
  arrivals.extend(96)
  arrivals.current[0] = 0
  arrivals.extend(144)
  arrivals.current[0] = 9
  arrivals.extend(192)
  expect(readAll(arrivals, [0, 48, 96, 144, 192])).toEqual([7, 7, 0, 9, 0])
  arrivals.reset()
  arrivals.current[0] = 10
  arrivals.extend(48)
  expect(readAll(arrivals, [0, 48])).toEqual([10, 0])
})

test('of more packets than there is room for nothing wrong is said', () => {
  const arrivals = new PacketArrivals()
  for (let i = 1; i <= 9000; i++) {
    arrivals.current[0] = i
    arrivals.extend(i * 8)
  }
  expect(readAll(arrivals, [0, 8 * 8190, 8 * 8191, 8 * 8999])).toEqual([1, 8191, 0, 0])
})

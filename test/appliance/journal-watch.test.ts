import { describe, expect, test } from 'vitest'
import { ClockLog, type ClockReading } from '../../appliance/supervisor/clock-log.ts'
import { DiskGuard } from '../../appliance/supervisor/disk-guard.ts'
import { JournalWatch } from '../../appliance/supervisor/journal-watch.ts'
import { StorageWatch } from '../../appliance/supervisor/storage-watch.ts'
import { createHeapRegion } from '../../kernels/loop/regions.ts'
import { StoragePosition, StorageState } from '../../kernels/loop/storage-positions.ts'

const STALL_MS = 80
const TICK_MS = 20

function glimpse(heartbeat: number, captured: number, written: number, durable: number) {
  const positions = new Float64Array(StoragePosition.Slots)
  positions[StoragePosition.CapturedInbound] = captured
  positions[StoragePosition.WrittenInbound] = written
  positions[StoragePosition.DurableInbound] = durable
  return { heartbeat, positions }
}

/** Looks every 20 ms at something that stands still from time 0 on. @returns when it was seen */
function seenAfterMs(watch: StorageWatch, still: ReturnType<typeof glimpse>, beats: boolean): number | undefined {
  for (let ms = 0; ms <= 1000; ms += TICK_MS) {
    const look = beats ? { ...still, heartbeat: still.heartbeat + ms } : still
    if (watch.look(look, ms) !== undefined) return ms
  }
  return undefined
}

describe('a storage kernel', () => {
  test.each([
    ['whose loop does not turn', glimpse(7, 5, 5, 5), false],
    ['that writes nothing although records wait', glimpse(7, 9, 5, 5), true],
    ['that makes nothing durable although batches are written', glimpse(7, 9, 9, 5), true],
  ] as const)('%s is seen within 100 ms', (_name, still, beats) => {
    const watch = new StorageWatch(STALL_MS, true)
    expect(seenAfterMs(watch, still, beats)).toBeLessThanOrEqual(100)
    expect(watch.stalls).toBe(1)
  })

  test('that is idle, or leaves syncs to the system, is not stalled', () => {
    expect(seenAfterMs(new StorageWatch(STALL_MS, true), glimpse(7, 5, 5, 5), true)).toBeUndefined()
    expect(seenAfterMs(new StorageWatch(STALL_MS, false), glimpse(7, 5, 5, 1), true)).toBeUndefined()
  })

  test('that moves again and stalls again has stalled twice; one that failed or closed is none', () => {
    const watch = new StorageWatch(STALL_MS, true)
    let beat = 0
    for (let ms = 0; ms < 2000; ms += TICK_MS) {
      if (Math.floor(ms / 500) % 2 === 1) beat++
      watch.look(glimpse(beat, 1, 1, 1), ms)
    }
    expect(watch.stalls).toBe(2)
    expect(watch.longestMs).toBeGreaterThanOrEqual(480)
    const failed = glimpse(1, 9, 1, 1)
    failed.positions[StoragePosition.State] = StorageState.Failed
    expect(seenAfterMs(new StorageWatch(STALL_MS, true), failed, false)).toBeUndefined()
  })
})

/** The folder of the journal was removed. */
function gone(): never {
  throw Object.assign(new Error('statfs'), { code: 'ENOENT' })
}

describe('the disk', () => {
  test('is looked at now and then; worse verdicts are told once', () => {
    let free = 1000
    let looks = 0
    const readFree = () => {
      looks++
      return free
    }
    const guard = new DiskGuard('/j', { warnBytes: 500, haltBytes: 100 }, readFree, 1000)
    expect(guard.look(0)).toBeUndefined()
    expect(guard.look(999)).toBeUndefined()
    expect(looks).toBe(1)
    free = 400
    expect(guard.look(1000)).toBe('warn')
    expect(guard.look(2000)).toBeUndefined()
    free = 99
    expect(guard.look(3000)).toBe('halt')
    free = 300
    expect(guard.look(4000)).toBeUndefined()
  })

  test('that cannot be reached any more halts the session, whatever the limits', () => {
    const guard = new DiskGuard('/j', { warnBytes: 0, haltBytes: 0 }, gone, 1000)
    expect(guard.look(0)).toBe('lost')
    expect(guard.look(1000)).toBeUndefined()
    expect(guard.fault).toBe('ENOENT')
  })
})

describe('the watch', () => {
  const rings = { inboundBytes: 1 << 16, outboundBytes: 1 << 16 }

  function watch(onStall: 'continue' | 'halt', readFree: () => number): JournalWatch {
    const disk = new DiskGuard('/j', { warnBytes: 500, haltBytes: 100 }, readFree, 1000)
    const clocks = new ClockLog(
      '/j',
      10_000,
      () => ({ monotonicNs: 0, unixSeconds: 0, unixNanoseconds: 0 }),
      () => {},
    )
    return new JournalWatch({ path: '/j', stallMs: STALL_MS, onStall, durability: 'group' }, disk, clocks)
  }

  test('halts at once by policy, or tells of a stall that lasts and goes on', () => {
    const region = createHeapRegion('storage', rings)
    const alarms = (subject: JournalWatch) => {
      const list = []
      for (let ms = 0; ms <= 5000; ms += TICK_MS) {
        const alarm = subject.look(region, ms)
        if (alarm !== undefined) list.push({ ms, code: alarm.halt?.code, warning: alarm.warning })
      }
      return list
    }
    const halting = alarms(watch('halt', () => 1000))
    expect(halting).toHaveLength(1)
    expect(halting[0]).toMatchObject({ code: 'journal-stalled' })
    expect(halting[0]!.ms).toBeLessThanOrEqual(100)
    const going = alarms(watch('continue', () => 1000))
    expect(going).toHaveLength(1)
    expect(going[0]).toMatchObject({ ms: 3000, code: undefined })
  })

  test('warns of a disk that fills up, and halts before it is full', () => {
    expect(watch('continue', () => 300).look(undefined, 0)).toMatchObject({ halt: undefined })
    expect(watch('continue', () => 50).look(undefined, 0)?.halt).toMatchObject({ code: 'journal-disk-space' })
  })

  test('halts where the folder is gone', () => {
    expect(watch('continue', gone).look(undefined, 0)?.halt).toMatchObject({ code: 'journal-folder-lost', exitCode: 4 })
  })
})

test('the clock log has a line for each interval, with what the wall clock gained on the monotonic one', () => {
  const readings: ClockReading[] = [
    { monotonicNs: 1000, unixSeconds: 100, unixNanoseconds: 999_999_000 },
    { monotonicNs: 2_000_001_000, unixSeconds: 103, unixNanoseconds: 4_000 },
  ]
  let text = ''
  const log = new ClockLog(
    '/j',
    10,
    () => readings.shift()!,
    (path, line) => {
      expect(path).toBe('/j/clock.csv')
      text += line
    },
  )
  log.look(0)
  log.look(9)
  log.look(10)
  expect(text.split('\n')).toEqual([
    'monotonicNs,unixSeconds,unixNanoseconds,offsetChangeNs',
    '1000,100,999999000,0',
    '2000001000,103,4000,5000',
    '',
  ])
})

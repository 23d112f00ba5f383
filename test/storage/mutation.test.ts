/**
 * Whether the crash samples would notice: what keeps the journal honest is broken, one thing at a time, and they must fail. The
 * broken parts exist here alone, in place of the modules.
 */
import { afterEach, expect, test, vi } from 'vitest'
import type { Fault } from './support/crash-samples.ts'
import { testSeed } from './support/random.ts'

const CRASHES = 600

afterEach(() => {
  vi.doUnmock('../../storage/journal/batch-header.ts')
  vi.doUnmock('../../storage/journal/segment-appender.ts')
  vi.doUnmock('../../storage/journal/progress.ts')
  vi.resetModules()
})

async function sample(faults: readonly Fault[]): Promise<unknown> {
  vi.resetModules()
  const { sampleCrashes } = await import('./support/crash-samples.ts')
  return sampleCrashes({ crashes: CRASHES, seed: testSeed(), faults })
}

type BatchHeaderModule = typeof import('../../storage/journal/batch-header.ts')
type ProgressModule = typeof import('../../storage/journal/progress.ts')
type AppenderModule = typeof import('../../storage/journal/segment-appender.ts')

test('unbroken, they pass', async () => {
  await expect(sample(['powerCut', 'bitFlip'])).resolves.toBeDefined()
})

test('payload checksums that are not compared are noticed', async () => {
  vi.doMock('../../storage/journal/batch-header.ts', async (original) => ({
    ...(await original<BatchHeaderModule>()),
    hasSoundPayload: () => true,
  }))
  await expect(sample(['powerCut', 'bitFlip'])).rejects.toThrow(/XK_SEED/)
})

test('a batch that need not follow the one before is noticed', async () => {
  vi.doMock('../../storage/journal/batch-header.ts', async (original) => ({
    ...(await original<BatchHeaderModule>()),
    isSuccessor: () => true,
  }))
  await expect(sample(['powerCut', 'bitFlip', 'misdirectedWrite'])).rejects.toThrow(/XK_SEED/)
})

test('positions published before the sync that they speak of are noticed', async () => {
  vi.doMock('../../storage/journal/segment-appender.ts', async (original) => {
    const { SegmentAppender } = await original<AppenderModule>()
    class LateAppender extends SegmentAppender {
      #isOwed = false

      override sync(): void {
        if (this.#isOwed) super.sync()
        this.#isOwed = !this.#isOwed
      }
    }
    return { SegmentAppender: LateAppender }
  })
  await expect(sample(['powerCut'])).rejects.toThrow(/XK_SEED/)
})

test('a sync that vouches for what was written while it was under way is noticed', async () => {
  vi.doMock('../../storage/journal/progress.ts', async (original) => {
    const module = await original<ProgressModule>()
    const publishDurable = (progress: Float64Array) => module.publishDurable(progress, progress)
    return { ...module, publishDurable }
  })
  await expect(sample(['powerCut'])).rejects.toThrow(/XK_SEED/)
})

test('a torn tail that is not cut off is noticed', async () => {
  vi.doMock('../../storage/journal/segment-appender.ts', async (original) => {
    const { SegmentAppender } = await original<AppenderModule>()
    class LazyAppender extends SegmentAppender {
      override reopen(name: string, keepBytes: number, _segmentBytes: number, _isTorn: boolean): void {
        super.reopen(name, keepBytes, 0, false)
      }
    }
    return { SegmentAppender: LazyAppender }
  })
  await expect(sample(['powerCut'])).rejects.toThrow(/XK_SEED/)
})

test('a refusal that is tried again is noticed', async () => {
  vi.doMock('../../storage/journal/segment-appender.ts', async (original) => {
    const { SegmentAppender } = await original<AppenderModule>()
    class StubbornAppender extends SegmentAppender {
      override sync(): void {
        try {
          super.sync()
        } catch {
          this.failure = undefined
          super.sync()
        }
      }
    }
    return { SegmentAppender: StubbornAppender }
  })
  await expect(sample(['refusedThenPowerCut'])).rejects.toThrow(/XK_SEED/)
})

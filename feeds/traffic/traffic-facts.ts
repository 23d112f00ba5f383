import type { PacketWatch } from './packet-watch.ts'
import type { RateSeries } from './rate-series.ts'

const COLUMNS_MAX = 100
const NS_PER_SECOND = 1_000_000_000n

/** One of the busiest periods. */
export interface BurstFacts {
  /** When it began: decimal string of ns, as the capture's times. */
  readonly timeNs: string
  readonly count: number
}

/** How many of something came when. */
export interface SeriesFacts {
  /** Where the first bucket begins: decimal string of ns, as the capture's times. */
  readonly startNs: string
  readonly bucketNs: number
  /** At most 100 buckets, from the first to the last that holds anything. */
  readonly counts: readonly number[]
  /** The busiest periods of each length, the largest first. */
  readonly bursts: readonly { readonly periodNs: number; readonly busiest: readonly BurstFacts[] }[]
}

export interface TrafficFacts {
  /** By the capture's times; empty for files without packets. */
  readonly packets: SeriesFacts
  /** Records, by the time of the packet that brought them, or by their own in files without packets. */
  readonly records: SeriesFacts
}

/**
 * What a watch has seen, for reports.
 * @param epochSeconds what the watch's seconds count from, in seconds since 1970
 */
export function describeTraffic(watch: PacketWatch, epochSeconds: number): TrafficFacts {
  const { originSeconds, packets, records } = watch
  const originNs = Number.isNaN(originSeconds) ? 0n : BigInt(originSeconds + epochSeconds) * NS_PER_SECOND
  return { packets: describeSeries(packets, originNs), records: describeSeries(records, originNs) }
}

function describeSeries(series: RateSeries, originNs: bigint): SeriesFacts {
  const toTime = (ns: number) => (originNs + BigInt(ns)).toString()
  const { startNs, columnNs, counts } = series.columns(COLUMNS_MAX)
  return {
    startNs: toTime(startNs),
    bucketNs: columnNs,
    counts,
    bursts: series.bursts.map((log) => ({
      periodNs: log.periodNs,
      busiest: log.bursts().map(({ startNs: burstNs, count }) => ({ timeNs: toTime(burstNs), count })),
    })),
  }
}

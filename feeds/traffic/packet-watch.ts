import { RateSeries } from './rate-series.ts'

const NS_PER_SECOND = 1e9

/** Slots of `PacketWatch.time`. */
export enum WatchTime {
  /** Seconds since the Unix epoch; since midnight in files that tell no date. */
  Seconds = 0,
  Nanos = 1,
  Count = 2,
}

/**
 * Watches when packets come, for the inspection of captures: how many at what time, and the time at hand for whoever compares
 * lines. A source without one spends no time on it.
 */
export class PacketWatch {
  /** Of the packet at hand, by `WatchTime`. */
  readonly time = new Float64Array(WatchTime.Count)
  /** The second that the series' times count from: the first packet's; NaN before it. */
  originSeconds = Number.NaN
  readonly packets = new RateSeries()
  /** Records that the packets gave, each message counted once whatever the lines. */
  readonly records = new RateSeries()
  readonly #sinceOriginNs = new Float64Array(1)

  /** A packet comes, at `time[0]` seconds and `time[1]` ns. */
  beginPacket(time: Float64Array): void {
    this.setTime(time)
    this.packets.note(this.#sinceOriginNs, 1)
  }

  /** Sets the time at hand without a packet. */
  setTime(time: Float64Array): void {
    const seconds = time[WatchTime.Seconds]!
    const nanos = time[WatchTime.Nanos]!
    if (Number.isNaN(this.originSeconds)) this.originSeconds = seconds
    this.time[WatchTime.Seconds] = seconds
    this.time[WatchTime.Nanos] = nanos
    this.#sinceOriginNs[0] = (seconds - this.originSeconds) * NS_PER_SECOND + nanos
  }

  /** Counts records at the time at hand. */
  countRecords(count: number): void {
    if (count > 0) this.records.note(this.#sinceOriginNs, count)
  }
}

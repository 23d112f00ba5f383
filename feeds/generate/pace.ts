import type { Agenda, Profile } from './day-schedule.ts'
import { drawExponential } from './distributions.ts'
import type { Exchange } from './exchange.ts'
import type { RandomStream } from './random.ts'

const SPARSE_GAP_NS = 1_300_000_000
/** Most events of a sparse part of the day. */
export const SPARSE_EVENTS_MOST = 20

/** One part of the day whose messages are spread over its time by a profile. */
export interface Segment {
  readonly startNs: number
  readonly endNs: number
  /** Message count of the session at which the segment is done, as it looks now. */
  readonly messagesEnd: () => number
  readonly profile: Profile
  readonly act: () => void
}

/** Lets the day's time pass: what happens is the caller's, when it happens is decided here. */
export class Pace {
  private readonly exchange: Exchange
  private readonly random: RandomStream
  private readonly agenda: Agenda

  constructor(exchange: Exchange, random: RandomStream, agenda: Agenda) {
    this.exchange = exchange
    this.random = random
    this.agenda = agenda
  }

  /** A few events, each more than a second from the last. */
  *runSparse(fromNs: number, toNs: number, act: () => void): Generator<void, void> {
    const events = Math.min(SPARSE_EVENTS_MOST, Math.floor((toNs - fromNs) / SPARSE_GAP_NS) - 1)
    for (let i = 1; i <= events; i++) {
      if (this.exchange.writer.isFull()) yield
      this.exchange.advanceTo(Math.floor(fromNs + ((toNs - fromNs) * i) / (events + 1)))
      act()
    }
  }

  /** Spreads messages over a segment's time: the expected number of each slice, at exponential intervals. */
  *runSegment(segment: Segment): Generator<void, void> {
    const { exchange, random, agenda } = this
    const writer = exchange.writer
    const { profile, startNs, endNs } = segment
    const sliceNs = (endNs - startNs) / profile.length
    const weightLeft = new Float64Array(profile.length + 1)
    for (let i = profile.length - 1; i >= 0; i--) weightLeft[i] = weightLeft[i + 1]! + profile[i]!
    const firstMessages = writer.messages
    let events = 0
    for (let i = 0; i < profile.length; i++) {
      const sliceEndNs = startNs + (i + 1) * sliceNs
      const messagesLeft = segment.messagesEnd() - writer.messages
      const sliceMessages = weightLeft[i] === 0 ? 0 : (messagesLeft * profile[i]!) / weightLeft[i]!
      const messagesPerEvent = (writer.messages - firstMessages + 40) / (events + 16)
      const meanGapNs = sliceMessages <= 0 ? sliceNs * 1e6 : (sliceNs * messagesPerEvent) / sliceMessages
      let atNs = Math.max(startNs + i * sliceNs, exchange.timeNs)
      for (;;) {
        atNs = Math.max(atNs + drawExponential(random, meanGapNs), exchange.timeNs)
        const untilNs = Math.min(atNs, sliceEndNs)
        while (agenda.nextNs() <= untilNs) {
          exchange.advanceTo(agenda.nextNs())
          agenda.runNext()
          if (writer.isFull()) yield
        }
        if (atNs >= sliceEndNs || writer.messages >= segment.messagesEnd()) break
        exchange.advanceTo(Math.floor(atNs))
        segment.act()
        events++
        if (writer.isFull()) yield
      }
    }
  }
}

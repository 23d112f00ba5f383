import { GatewayCount } from '../../feeds/exchange/ouch-gateway.ts'
import { FlowCount } from '../../feeds/exchange/recorded-flow.ts'
import { MoldPublish } from '../../feeds/moldudp64/publisher.ts'
import type { Venue } from './venue.ts'

/** What a venue has done so far; plain data, for people and scripts. */
export type VenueFacts = ReturnType<typeof describeVenue>

/** Counts everything there is to count. */
export function describeVenue(venue: Venue) {
  const { exchange, lines, ports } = venue
  const { counts } = exchange.publisher
  return {
    session: exchange.publisher.session.trim(),
    timeNs: exchange.timeNs,
    instruments: exchange.instruments,
    liveOrders: exchange.engine.liveCount,
    matches: exchange.engine.match[0]!,
    sharesTraded: exchange.accounts.traded[0]! / 2,
    /** What is not conserved: always empty. */
    breaks: exchange.accounts.findBreaks(),
    pauses: exchange.bands.pauses,
    background: {
      records: venue.records,
      orders: exchange.flow.counts[FlowCount.Orders]!,
      gone: exchange.flow.counts[FlowCount.Gone]!,
      unusable: exchange.flow.counts[FlowCount.Unusable]!,
    },
    feed: {
      messages: exchange.publisher.log.count,
      packets: counts[MoldPublish.Packets]!,
      heartbeats: counts[MoldPublish.Heartbeats]!,
      requests: counts[MoldPublish.Requests]!,
      requestedMessages: counts[MoldPublish.RequestedMessages]!,
      requestsRefused: counts[MoldPublish.RequestsRefused]!,
      requestsLost: lines.requestsLost,
      resets: venue.feedResets,
      isFull: exchange.isFeedFull,
      lines: lines.facts(),
      sendErrors: lines.sendErrors,
    },
    requests: {
      taken: exchange.gateway.counts[GatewayCount.Requests]!,
      faults: exchange.gateway.counts[GatewayCount.Faults]!,
      ignored: exchange.gateway.counts[GatewayCount.Ignored]!,
      rejectedByFault: exchange.gateway.counts[GatewayCount.RejectedByFault]!,
      refused: exchange.gateway.counts[GatewayCount.Refused]!,
    },
    ports: ports.facts(),
    positions: describePositions(venue),
  }
}

/** Shares by symbol and cash of each user's account, in price units × shares. */
function describePositions(venue: Venue) {
  const { accounts, users } = venue.exchange
  return [...users.values()].map(({ options }) => {
    const own = accounts.shares.subarray(options.account * accounts.stride, (options.account + 1) * accounts.stride)
    const shares: Record<string, number> = {}
    own.forEach((held, instrument) => {
      if (held !== 0) shares[venue.exchange.symbolOf(instrument)] = held
    })
    const cash = accounts.cashHigh[options.account]! * 2 ** 48 + accounts.cashLow[options.account]!
    return { user: options.username, firm: options.firm, account: options.account, shares, cash }
  })
}

import { formatAmount, formatCount } from '../cli/format.ts'
import { renderPairs } from '../cli/table.ts'
import type { LineTarget } from '../venue/feed-lines.ts'
import type { VenueAddresses } from '../venue/venue.ts'
import type { VenueFacts } from '../venue/venue-facts.ts'

/** The lines that say where an open venue is to be reached. */
export function renderVenueReady(
  ports: VenueAddresses,
  places: { readonly host: string; readonly lineA: LineTarget; readonly lineB: LineTarget },
): string[] {
  const of = ({ host, port }: LineTarget) => `${host}:${port}`
  return [
    'Venue open',
    ...renderPairs([
      [
        'feed',
        `MoldUDP64 to ${of(places.lineA)} and ${of(places.lineB)}, re-requests at ${places.host}:${ports.request}`,
      ],
      [
        'orders',
        `OUCH over SoupBinTCP at ${places.host}:${ports.ouch}, drop copies at ${places.host}:${ports.dropCopy}`,
      ],
      ['snapshots', `GLIMPSE at ${places.host}:${ports.glimpse}`],
    ]),
  ]
}

/** The lines that say what a venue has done. */
export function renderVenueFacts(facts: VenueFacts): string[] {
  const { feed, background, requests } = facts
  const positions = facts.positions.flatMap(({ user, shares }) =>
    Object.entries(shares).map(([symbol, held]): [string, string] => [user, `${formatCount(held)} ${symbol}`]),
  )
  return [
    `Venue closed: ${formatCount(facts.matches)} ${facts.matches === 1 ? 'match' : 'matches'}, ${formatAmount(facts.sharesTraded, 'share')}`,
    ...renderPairs([
      [
        'feed',
        `${formatAmount(feed.messages, 'message')} in ${formatAmount(feed.packets, 'packet')}, session ${facts.session}`,
      ],
      [
        'asked again',
        `${formatAmount(feed.requestedMessages, 'message')} in ${formatAmount(feed.requests, 'request')}`,
      ],
      ['lines', feed.lines.map((counts) => renderCounts(counts)).join('; ')],
      ['background', `${formatAmount(background.orders, 'order')} from ${formatAmount(background.records, 'record')}`],
      [
        'requests',
        `${formatCount(requests.taken)}, ${formatCount(requests.ignored)} ignored, ${formatCount(requests.faults)} no OUCH`,
      ],
      ['conserved', facts.breaks.length === 0 ? 'shares and cash sum up to zero' : facts.breaks.join('; ')],
      ...positions,
    ]),
  ]
}

function renderCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(', ')
}

import { OrderFlag } from '../../feeds/matching/order-cell.ts'
import { XkError } from '../../kernels/host/xk-error.ts'
import type { Venue } from './venue.ts'
import { describeVenue } from './venue-facts.ts'
import { type FaultSettings, setFault } from './venue-faults.ts'

const USAGE =
  'halt SYMBOL, quote SYMBOL, resume SYMBOL, cross SYMBOL opening|closing, reset, disconnect [USER], ' +
  'fault NAME=VALUE, report, close'
const FOREVER_NS = Number.POSITIVE_INFINITY

/** Obeys one line of whoever controls the venue. @returns what became of it, as plain data */
export function controlVenue(venue: Venue, faults: FaultSettings, line: string): Record<string, unknown> {
  const [verb = '', argument = '', more = ''] = line.trim().split(/\s+/)
  try {
    return obey(venue, faults, verb, argument, more)
  } catch (error) {
    if (!(error instanceof XkError)) throw error
    return { refused: line.trim(), why: error.what, next: error.next }
  }
}

function obey(venue: Venue, faults: FaultSettings, verb: string, argument: string, more: string) {
  const { exchange } = venue
  const instrument = exchange.instrumentOf(argument)
  const refuse = (why: string) => ({ refused: [verb, argument, more].join(' ').trim(), why, next: USAGE })
  const needsSymbol = ['halt', 'quote', 'resume', 'cross'].includes(verb)
  if (needsSymbol && instrument === 0) return refuse(`there is no symbol "${argument}"`)
  switch (verb) {
    case 'halt':
      return venue.halt(instrument, FOREVER_NS) ? { halted: argument } : refuse(`${argument} is halted`)
    case 'quote':
      return exchange.quote(instrument) ? { quoting: argument } : refuse(`${argument} is not halted`)
    case 'resume':
      venue.resume(instrument)
      return { resumed: argument }
    case 'cross': {
      if (more !== 'opening' && more !== 'closing') return refuse('a cross is opening or closing')
      const flag = more === 'opening' ? OrderFlag.OpeningCross : OrderFlag.ClosingCross
      if (!exchange.runCrossOf(instrument, flag)) return refuse(`${argument} is halted`)
      return { crossed: argument }
    }
    case 'reset':
      venue.resetFeed()
      return { session: exchange.publisher.session.trim() }
    case 'disconnect':
      return { disconnected: venue.ports.disconnect(argument === '' ? undefined : argument) }
    case 'fault':
      setFault(faults, argument)
      venue.lines.lines.forEach((lineFaults, index) => {
        Object.assign(lineFaults.rates, index === 0 ? faults.a : faults.b)
      })
      return { fault: argument }
    case 'report':
      return { report: describeVenue(venue) }
    case 'close':
      exchange.close()
      return { closed: true }
    default:
      return refuse(`"${verb}" is no command`)
  }
}

import { afterEach } from 'vitest'
import { Venue, type VenueAddresses, type VenueOptions } from '../../../../appliance/venue/venue.ts'
import { type FaultSettings, noFaults } from '../../../../appliance/venue/venue-faults.ts'
import { FIRST_USER_ACCOUNT } from '../../../../feeds/exchange/recorded-flow.ts'
import { OuchVersion } from '../../../../feeds/ouch/versions.ts'
import { LineReceiver } from './line-receiver.ts'

export interface RunningVenue {
  readonly venue: Venue
  readonly ports: VenueAddresses
  readonly a: LineReceiver
  readonly b: LineReceiver
  readonly faults: FaultSettings
  /** Ends when the venue's day does. */
  readonly done: Promise<void>
  stop(): Promise<void>
}

const running: RunningVenue[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop()
})

/** An open venue that serves in the background of the test; stopped after it. */
export async function startVenue(options: Partial<VenueOptions> = {}): Promise<RunningVenue> {
  const a = new LineReceiver()
  const b = new LineReceiver()
  const lines = [
    { host: '127.0.0.1', port: await a.open() },
    { host: '127.0.0.1', port: await b.open() },
  ] as const
  const faults = options.faults ?? noFaults()
  const venue = new Venue({
    seed: 4,
    session: 'VENUE',
    ordersMax: 1 << 16,
    instrumentsMax: 64,
    accountsMax: 63,
    users: [
      { username: 'old', password: 'one', version: OuchVersion.V42, account: FIRST_USER_ACCOUNT, firm: 'AAAA' },
      { username: 'new', password: 'two', version: OuchVersion.V50, account: FIRST_USER_ACCOUNT + 1, firm: 'BBBB' },
    ],
    payloadBytesMax: 1400,
    keptBytesMax: 1 << 26,
    keptMessagesMax: 1 << 20,
    host: '127.0.0.1',
    lines,
    requestPort: 0,
    ouchPort: 0,
    dropCopyPort: 0,
    glimpsePort: 0,
    dropCopyPasswords: new Map([['AAAA', 'copy']]),
    cancelOnDisconnect: false,
    symbols: ['AAA', 'BBB'],
    startNs: 34_200e9,
    speed: 1,
    faults,
    nowNs: () => Number(process.hrtime.bigint()),
    ...options,
  })
  const ports = await venue.open()
  const abort = new AbortController()
  const done = venue.run(abort.signal)
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      abort.abort()
      await done
      await venue.close()
      await a.close()
      await b.close()
    })()
    return stopped
  }
  const each = { venue, ports, a, b, faults, done, stop }
  running.push(each)
  return each
}

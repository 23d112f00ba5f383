import { VenueState } from '../../kernels/io/entry/venue-state.ts'
import { IO_COUNTERS, IoCounterSlot } from '../../kernels/loop/regions.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { KernelRegions } from './kernels-run.ts'

interface VenueAddress {
  readonly server: string
  readonly reconnectMs: number
}

function sayState(state: VenueState, { server, reconnectMs }: VenueAddress): string | undefined {
  switch (state) {
    case VenueState.Unreached:
      return `the venue at ${server} cannot be reached: no order leaves; it is tried again every ${reconnectMs} ms`
    case VenueState.Lost:
      return `the session with the venue at ${server} is lost: no order leaves until it is back`
    case VenueState.NotAuthorised:
      return `the venue at ${server} rejects the username or the password: no order leaves; end the session and correct live.entry`
    case VenueState.SessionGone:
      return `the venue at ${server} no longer has the session in which orders were sent: no order leaves any more`
    case VenueState.MessagesMissed:
      return `the venue at ${server} no longer has messages that were missed: no order leaves any more`
    case VenueState.SessionEnded:
      return `the venue at ${server} has ended the session: no order leaves any more`
    default:
      return undefined
  }
}

/** Watches how a live session stands with its venue, and says once what an operator must know; the report counts the rest. */
export class VenueWatch {
  readonly #address: VenueAddress
  readonly #onWarning: (line: string) => void
  readonly #told = new Set<VenueState>()
  #state = VenueState.Connecting

  constructor(address: VenueAddress, onWarning: (line: string) => void) {
    this.#address = address
    this.#onWarning = onWarning
  }

  look({ io }: Partial<KernelRegions>): void {
    if (io === undefined || io.state !== RegionState.Running) return
    const counters = readCounters(io.buffer, io.offsetOf('counters'))
    this.note(counters[IO_COUNTERS[IoCounterSlot.venueState]!] ?? VenueState.Connecting)
  }

  note(state: VenueState): void {
    if (state === this.#state) return
    this.#state = state
    const text = sayState(state, this.#address)
    if (text === undefined || this.#told.has(state)) return
    this.#told.add(state)
    this.#onWarning(text)
  }

  /** Whether the session ended without one at the venue that a person would have to see to. */
  get isBroken(): boolean {
    return [VenueState.Unreached, VenueState.NotAuthorised, VenueState.SessionGone, VenueState.MessagesMissed].includes(
      this.#state,
    )
  }
}

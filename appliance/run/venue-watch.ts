import { GatewayBreak } from '../../kernels/io/entry/ouch-gateway.ts'
import { VenueState } from '../../kernels/io/entry/venue-state.ts'
import { IO_COUNTERS, IoCounterSlot } from '../../kernels/loop/regions.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { KernelRegions } from './kernels-run.ts'

interface VenueAddress {
  readonly server: string
  readonly reconnectMs: number
}

/** Breaks that need a person. */
const BROKEN: Partial<Record<VenueState, GatewayBreak>> = {
  [VenueState.NotAuthorised]: GatewayBreak.NotAuthorised,
  [VenueState.SessionGone]: GatewayBreak.SessionGone,
  [VenueState.MessagesMissed]: GatewayBreak.MessagesMissed,
  [VenueState.SessionEnded]: GatewayBreak.SessionEnded,
}

function sayState(state: VenueState, { server, reconnectMs }: VenueAddress): string | undefined {
  if (state === VenueState.Unreached) {
    return `the venue at ${server} cannot be reached: no order leaves; it is tried again every ${reconnectMs} ms`
  }
  if (state === VenueState.Lost) {
    return `the session with the venue at ${server} is lost: no order leaves until it is back`
  }
  const broken = BROKEN[state]
  return broken === undefined ? undefined : `${broken} (${server}): no order leaves any more`
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

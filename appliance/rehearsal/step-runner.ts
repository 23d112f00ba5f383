import { setTimeout as wait } from 'node:timers/promises'
import type { Venue } from '../venue/venue.ts'
import type { FaultSettings } from '../venue/venue-faults.ts'
import type { WireLog } from '../venue/wire-log.ts'
import type { ApplianceSession } from './appliance-session.ts'
import type { Scenario, ScenarioStep } from './scenario.ts'
import type { SheetRow } from './sheet.ts'
import { VenueHands } from './venue-hands.ts'

const LOOK_EVERY_MS = 2
const ANY_WORD = '*'
/** How long an appliance may take to start and to log in. */
const START_MS = 60_000

export interface StepParts {
  readonly venue: Venue
  readonly faults: FaultSettings
  readonly wire: WireLog
  readonly appliance: ApplianceSession
  readonly username: string
}

/**
 * Takes a scenario's steps one after the other, up to the first expectation that is not met. Messages of orders must come as
 * they are expected, each in its turn and none besides; of the rest an expected one must come, whatever comes before it.
 */
export class StepRunner {
  readonly #scenario: Scenario
  readonly #parts: StepParts
  readonly #hands: VenueHands
  /** Events of the wire that have been looked at: of orders, and of the rest. */
  #orderAt = 0
  #otherAt = 0

  constructor(scenario: Scenario, parts: StepParts) {
    this.#scenario = scenario
    this.#parts = parts
    this.#hands = new VenueHands(parts.venue, parts.faults, parts.username)
  }

  /** @returns a row for each step that was taken, and one for what nobody expected */
  async run(signal: AbortSignal): Promise<SheetRow[]> {
    const rows = [await this.#start(signal)]
    if (!rows[0]!.isPassed) return rows
    for (const step of this.#scenario.steps) {
      if (signal.aborted) break
      const row = await this.#take(step, signal)
      rows.push(row)
      if (!row.isPassed) return rows
    }
    const left = this.#parts.wire.events.slice(this.#orderAt).filter(({ isOrder }) => isOrder)
    const seen = left.length === 0 ? 'nothing' : left.map(({ text }) => text).join(', ')
    rows.push({ line: 0, kind: 'expected', text: 'no message of an order besides', seen, isPassed: left.length === 0 })
    return rows
  }

  /** Steps begin once the appliance has logged in, by OUCH 5.0 asked for its account, and been given a snapshot. */
  async #start(signal: AbortSignal): Promise<SheetRow> {
    const deadline = performance.now() + START_MS
    const { wire, appliance } = this.#parts
    const wanted = this.#scenario.protocol === 'ouch50' ? ['login', 'query', 'snapshot'] : ['login', 'snapshot']
    const isThere = () => wanted.every((word) => wire.events.some(({ text }) => text.startsWith(word)))
    while (!isThere() && !signal.aborted && !appliance.hasEnded && performance.now() < deadline)
      await wait(LOOK_EVERY_MS)
    const isPassed = isThere()
    return { line: 0, kind: 'expected', text: wanted.join(', '), seen: isPassed ? 'all' : 'not all', isPassed }
  }

  async #take(step: ScenarioStep, signal: AbortSignal): Promise<SheetRow> {
    const { line, text, verb, words } = step
    if (verb === 'expect') return this.#expect(step, signal)
    if (verb === 'quiet') return this.#stayQuiet(step, Number(words[0]), signal)
    const seen = this.#hands.obey(step)
    return { line, kind: 'done', text, seen: seen ?? 'the venue refused', isPassed: seen !== undefined }
  }

  async #expect({ line, words }: ScenarioStep, signal: AbortSignal): Promise<SheetRow> {
    const deadline = performance.now() + this.#scenario.patienceMs
    const text = words.join(' ')
    for (;;) {
      const seen = this.#look(words)
      if (seen !== undefined) return { line, kind: 'expected', text, seen, isPassed: isMeant(words, seen) }
      const isLate = performance.now() > deadline
      if (isLate || signal.aborted || this.#parts.appliance.hasEnded) {
        const why = this.#parts.appliance.hasEnded ? 'the appliance has ended' : 'nothing'
        return { line, kind: 'expected', text, seen: why, isPassed: false }
      }
      await wait(LOOK_EVERY_MS)
    }
  }

  /** @returns the event that decides whether these words were met; undefined while there is none */
  #look(words: readonly string[]): string | undefined {
    const { events } = this.#parts.wire
    const isOfOrder = !['login', 'query', 'snapshot', 'request'].includes(words[0]!)
    while (isOfOrder && this.#orderAt < events.length) {
      const { isOrder, text } = events[this.#orderAt++]!
      if (isOrder) return text
    }
    while (!isOfOrder && this.#otherAt < events.length) {
      const { isOrder, text } = events[this.#otherAt++]!
      if (!isOrder && isMeant(words, text)) return text
    }
    return undefined
  }

  async #stayQuiet({ line, text }: ScenarioStep, quietMs: number, signal: AbortSignal): Promise<SheetRow> {
    const deadline = performance.now() + quietMs
    const find = () => this.#parts.wire.events.slice(this.#orderAt).find(({ isOrder }) => isOrder)
    while (find() === undefined && performance.now() < deadline && !signal.aborted) await wait(LOOK_EVERY_MS)
    const found = find()
    return { line, kind: 'expected', text, seen: found?.text ?? 'nothing', isPassed: found === undefined }
  }
}

/** Whether an event begins with the words; `*` stands for any. */
function isMeant(words: readonly string[], text: string): boolean {
  const found = text.split(' ')
  return words.every((word, index) => word === ANY_WORD || word === found[index])
}

/** One line of a scenario: something that is done to the appliance, or that it must do. */
export interface ScenarioStep {
  /** In the scenario's file, from 1. */
  readonly line: number
  /** As it is written there. */
  readonly text: string
  readonly verb: StepVerb
  readonly words: readonly string[]
}

/** What must be true of the journal when the session is over: how many records there are of a kind. */
export interface JournalExpectation {
  readonly line: number
  readonly text: string
  /** Type of the record, as `xk journal dump` names it. */
  readonly type: string
  /** Fields that it must have, as `xk journal dump --json` names and shows them. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly least: number
  readonly most: number
}

/** What must be true of the report of `xk run --json`: the value at a dotted path, as text. */
export interface ReportExpectation {
  readonly line: number
  readonly text: string
  readonly path: string
  readonly value: string
}

/** A scripted session of an appliance with the exchange in a box. */
export interface Scenario {
  readonly name: string
  readonly about: string
  readonly protocol: 'ouch42' | 'ouch50'
  readonly symbols: readonly string[]
  /** Plugin that trades: a path, or the name of a bundled one. */
  readonly strategy: string
  readonly params: Readonly<Record<string, string | number | boolean>>
  /** Settings of the appliance, by dotted key. */
  readonly settings: Readonly<Record<string, unknown>>
  /** How long the appliance may take to do what is expected. */
  readonly patienceMs: number
  readonly steps: readonly ScenarioStep[]
  readonly journal: readonly JournalExpectation[]
  readonly report: readonly ReportExpectation[]
}

export const STEP_VERBS = {
  bid: 'SYMBOL SHARES PRICE: a bid of the background rests there, or moves there',
  ask: 'SYMBOL SHARES PRICE: the same for an offer',
  buy: 'SYMBOL SHARES PRICE: an immediate order of the background',
  sell: 'SYMBOL SHARES PRICE: the same for a sale',
  pull: 'SYMBOL bid|ask: the order of the background goes',
  halt: 'SYMBOL: the instrument is halted',
  quote: 'SYMBOL: after a halt, orders are taken, and wait for the cross',
  resume: 'SYMBOL: it trades again',
  reset: 'the feed begins anew under another session name',
  disconnect: 'the connection for order entry breaks',
  lose: 'the next request does not arrive, and the connection breaks with it on its way',
  rewind: 'MESSAGES: the next login for order entry is answered from so many messages further back',
  repeat: 'the last execution is told again, under another number',
  fault: 'NAME=VALUE: as --fault',
  expect: 'WORDS: the appliance sends this, within the patience',
  quiet: 'MS: the appliance sends nothing of an order for so long',
} as const

export type StepVerb = keyof typeof STEP_VERBS

/** What can be expected on the wire, by its first word, and how many words may follow. */
export const WIRE_WORDS: Readonly<Record<string, number>> = {
  enter: 4,
  replace: 4,
  cancel: 3,
  modify: 3,
  lost: 5,
  login: 1,
  query: 0,
  snapshot: 0,
  request: 2,
}

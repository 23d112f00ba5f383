import { type LineFaultRates, NO_LINE_FAULTS } from '../../feeds/exchange/line-faults.ts'
import { RandomStream } from '../../feeds/generate/random.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { findNearestName } from '../cli/nearest-name.ts'

const NS_PER_SECOND = 1e9

/** All that can go wrong on demand. Those in seconds happen at random moments, so far apart on average; 0 is never. */
export interface FaultSettings {
  readonly a: LineFaultRates
  readonly b: LineFaultRates
  /** Share of re-requests of the feed that are not answered. */
  requestLoss: number
  /** Share of new orders that are rejected. */
  reject: number
  /** How long the venue's answers to orders wait. */
  ackDelayMs: number
  disconnectSeconds: number
  /** Halts of an instrument drawn by lot, of two seconds each. */
  haltSeconds: number
  resetSeconds: number
}

/** What happens by itself. */
export enum TimedFault {
  None = 0,
  Disconnect = 1,
  Halt = 2,
  Reset = 3,
}

const SHARE_MAX = 1
const WAIT_MAX = 86_400_000

type LineKey = keyof LineFaultRates
type VenueKey = Exclude<keyof FaultSettings, 'a' | 'b'>

/** Faults of a line, whose names begin with the line's letter, and the highest value of each. */
const LINE_SETTINGS: Readonly<Record<string, readonly [LineKey, number]>> = {
  loss: ['loss', SHARE_MAX],
  duplicate: ['duplicate', SHARE_MAX],
  reorder: ['reorder', SHARE_MAX],
  'delay-ms': ['delayMs', WAIT_MAX],
}

const VENUE_SETTINGS: Readonly<Record<string, readonly [VenueKey, number]>> = {
  'request-loss': ['requestLoss', SHARE_MAX],
  reject: ['reject', SHARE_MAX],
  'ack-delay-ms': ['ackDelayMs', WAIT_MAX],
  'disconnect-seconds': ['disconnectSeconds', WAIT_MAX],
  'halt-seconds': ['haltSeconds', WAIT_MAX],
  'reset-seconds': ['resetSeconds', WAIT_MAX],
}

/** Names of all faults. */
export const FAULT_NAMES: readonly string[] = [
  ...Object.keys(LINE_SETTINGS).map((name) => `a.${name}`),
  ...Object.keys(LINE_SETTINGS).map((name) => `b.${name}`),
  ...Object.keys(VENUE_SETTINGS),
]

/** Nothing goes wrong. */
export function noFaults(): FaultSettings {
  const never = { requestLoss: 0, reject: 0, ackDelayMs: 0 }
  const seldom = { disconnectSeconds: 0, haltSeconds: 0, resetSeconds: 0 }
  return { a: { ...NO_LINE_FAULTS }, b: { ...NO_LINE_FAULTS }, ...never, ...seldom }
}

/**
 * Sets one fault as people write it: `a.loss=0.01`.
 * @throws XkError for an unknown name or a value out of bounds
 */
export function setFault(settings: FaultSettings, text: string): void {
  const [name = '', value = ''] = text.split('=')
  if (!FAULT_NAMES.includes(name)) {
    const meant = findNearestName(name, FAULT_NAMES)
    const next = meant === undefined ? `one of ${FAULT_NAMES.join(', ')}` : `did you mean ${meant}?`
    throw refuse(`"${name}" is no fault`, next)
  }
  const ofVenue = VENUE_SETTINGS[name]
  if (ofVenue !== undefined) {
    settings[ofVenue[0]] = parseValue(name, value, ofVenue[1])
    return
  }
  const [key, most] = LINE_SETTINGS[name.slice(2)]!
  const line = name.startsWith('a.') ? settings.a : settings.b
  line[key] = parseValue(name, value, most)
}

function parseValue(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^[\d.]+$/.test(text) && value >= 0 && value <= most) return value
  throw refuse(`"${text}" is no value of ${name}`, `from 0 to ${most}`)
}

function refuse(what: string, next: string): XkError {
  return new XkError({ code: 'usage', what, where: '--fault', next, exitCode: ExitCode.Usage })
}

/** Draws when the faults that happen by themselves do; a seed gives the same moments. */
export class FaultClock {
  readonly #settings: FaultSettings
  readonly #random: RandomStream
  readonly #due = new Float64Array(TimedFault.Reset + 1)

  constructor(settings: FaultSettings, seed: number) {
    this.#settings = settings
    this.#random = new RandomStream(seed, 32)
  }

  /** A number from 0 to `bound` − 1, for whom a fault hits. */
  draw(bound: number): number {
    return this.#random.below(bound)
  }

  /** A fault that is due, once. @param elapsedNs since the start */
  next(elapsedNs: number): TimedFault {
    const { disconnectSeconds, haltSeconds, resetSeconds } = this.#settings
    const means = [0, disconnectSeconds, haltSeconds, resetSeconds]
    for (let fault = TimedFault.Disconnect; fault <= TimedFault.Reset; fault++) {
      const meanNs = means[fault]! * NS_PER_SECOND
      if (meanNs === 0) this.#due[fault] = 0
      else if (this.#due[fault] === 0) this.#due[fault] = elapsedNs + this.#wait(meanNs)
      else if (this.#due[fault]! <= elapsedNs) {
        this.#due[fault] = elapsedNs + this.#wait(meanNs)
        return fault
      }
    }
    return TimedFault.None
  }

  /** Waiting times of events that do not know of each other. */
  #wait(meanNs: number): number {
    return -Math.log(1 - this.#random.unit()) * meanNs
  }
}

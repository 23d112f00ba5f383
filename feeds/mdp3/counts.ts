import { TEMPLATES_MAX } from './templates.ts'

/** Why a message, or an entry of one, gave no record. */
export enum Mdp3Reject {
  /** Of a newer schema. */
  UnknownTemplate = 0,
  /** Not of CME's market data schema. */
  WrongSchema = 1,
  /** Its groups do not fit into it. */
  BadMessage = 2,
  TooManyInstruments = 3,
  /** Beyond what a double holds exactly at exponent −9: ± 9,007,199. */
  PriceOutOfRange = 4,
  QuantityOutOfRange = 5,
  /** A book level of 0, or below the instrument's depth. */
  LevelOutOfRange = 6,
  UnknownEntryType = 7,
  UnknownAction = 8,
  /** Its instrument has had later entries: from a packet that came late. */
  OutdatedEntry = 9,
  /** A snapshot older than what was already applied. */
  OutdatedSnapshot = 10,
  Count = 11,
}

/** Names of the reasons in reports, by reason. */
export const MDP3_REJECT_NAMES: readonly string[] = [
  'unknownTemplate',
  'wrongSchema',
  'badMessage',
  'tooManyInstruments',
  'priceOutOfRange',
  'quantityOutOfRange',
  'levelOutOfRange',
  'unknownEntryType',
  'unknownAction',
  'outdatedEntry',
  'outdatedSnapshot',
]

const TEMPLATE_IDS = 65_536

/** What a decoder has seen: one double a counter. */
export class Mdp3Counts {
  /** Messages of a known template that fit, by template id. */
  readonly byTemplate = new Float64Array(TEMPLATES_MAX)
  readonly rejected = new Float64Array(Mdp3Reject.Count)
  readonly rejectedByTemplate = new Float64Array(TEMPLATE_IDS)
  /** Largest template id of which something was rejected; reports look no further. */
  #rejectedMax = -1

  reject(template: number, reason: Mdp3Reject): void {
    this.rejected[reason]!++
    this.rejectedByTemplate[template]!++
    if (template > this.#rejectedMax) this.#rejectedMax = template
  }

  /** Messages by template id, for reports. */
  toObject(): Record<string, number> {
    return nameCounts(this.byTemplate, TEMPLATES_MAX)
  }

  /** Messages and entries without a record, by template id. */
  rejectedToObject(): Record<string, number> {
    return nameCounts(this.rejectedByTemplate, this.#rejectedMax + 1)
  }

  /** The same by reason. */
  reasonsToObject(): Record<string, number> {
    const reasons: Record<string, number> = {}
    MDP3_REJECT_NAMES.forEach((name, reason) => {
      if (this.rejected[reason] !== 0) reasons[name] = this.rejected[reason]!
    })
    return reasons
  }
}

function nameCounts(byTemplate: Float64Array, end: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let template = 0; template < end; template++) {
    if (byTemplate[template] !== 0) counts[String(template)] = byTemplate[template]!
  }
  return counts
}

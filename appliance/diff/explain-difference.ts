import { RecordType } from '../../kernels/records/catalogue.ts'
import type { SessionHeader } from '../../storage/catalogue/session-facts.ts'
import type { ShownRecord } from './shown-record.ts'

/** What is known of the two sides besides their records. */
export interface Sides {
  /** What the two are called, such as "A" and "the rerun". */
  readonly names: readonly [left: string, right: string]
  readonly headers: readonly [SessionHeader | undefined, SessionHeader | undefined]
}

const HASH_DIGITS_SHOWN = 12

/** Why two inbound streams part at a record, in one sentence, as far as the journals tell. */
export function explainInbound(left: ShownRecord | null, right: ShownRecord | null, { names }: Sides): string {
  if (left === null || right === null) {
    const [shorter, longer] = left === null ? names : [names[1], names[0]]
    return `${shorter} ends here, ${longer} goes on: everything before is the same`
  }
  if (isOfDay(left.type) || isOfDay(right.type)) return 'the sessions began with different start-of-day files'
  if (isResponse(left.type) || isResponse(right.type)) {
    return 'the decisions before are the same, but the gate or the venue answered otherwise: its limits, latencies or books differ'
  }
  if (left.type === RecordType.Clock || right.type === RecordType.Clock || left.type === right.type) {
    return 'the strategies were told different things: another input, or the same at other times'
  }
  return 'the strategies were told different things in another order: another input, or other latencies'
}

/** Why a strategy decided otherwise, all inbound records up to the cause being the same. */
export function explainOutbound(left: ShownRecord | null, right: ShownRecord | null, sides: Sides): string {
  const id = (left ?? right)!.source
  const sources = new Set([left, right].flatMap((record) => (record === null ? [] : [record.source])))
  const [one, other] = sides.headers
  const name = one?.plugins[id - 1]?.name ?? other?.plugins[id - 1]?.name
  const who = sources.size > 1 ? 'the strategies' : name === undefined ? `strategy ${id}` : `strategy ${id} (${name})`
  return `${who} decided otherwise on the same inbound records: ${explainStrategy(id, sides)}`
}

function explainStrategy(id: number, { headers: [left, right], names }: Sides): string {
  if (left === undefined || right === undefined) return 'what ran is not told by both'
  const one = left.plugins[id - 1]
  const other = right.plugins[id - 1]
  if (left.plugins.length !== right.plugins.length || one === undefined || other === undefined) {
    return `${names[0]} ran ${listNames(left)}, ${names[1]} ${listNames(right)}`
  }
  if (one.name !== other.name) return `${names[0]} ran ${one.name} there, ${names[1]} ${other.name}`
  if (one.codeHash !== other.codeHash) return `its code differs, ${cut(one.codeHash)} and ${cut(other.codeHash)}`
  const [params, otherParams] = [JSON.stringify(one.params), JSON.stringify(other.params)]
  if (params !== otherParams) return `its parameters differ, ${params} and ${otherParams}`
  if (left.seed !== right.seed) return `the seeds differ, ${left.seed} and ${right.seed}`
  if (left.codeHash !== right.codeHash) {
    return `its code and parameters are the same, but the appliance differs, ${cut(left.codeHash)} and ${cut(right.codeHash)}`
  }
  return 'code, parameters, seed and appliance are the same: something that it must not depend on has changed it'
}

function listNames({ plugins }: SessionHeader): string {
  return plugins.length === 0 ? 'no strategy' : plugins.map(({ name }) => name).join(', ')
}

function cut(hash: string): string {
  return hash.slice(0, HASH_DIGITS_SHOWN)
}

function isOfDay(type: number): boolean {
  return type === RecordType.OpeningPosition || type === RecordType.TradingTerms
}

function isResponse(type: number): boolean {
  return type >= RecordType.Routed && type <= RecordType.CancelRejected
}

import type { Decoder, DecoderClass } from './compile.ts'

type Entries = Record<string, unknown> & { count: number; next(): boolean }

/** What the references count in the messages of a capture. */
export interface WalkedFacts {
  readonly messages: Record<string, number>
  readonly versions: Record<string, number>
  readonly groupEntries: Record<string, number>
  readonly entriesByTypeAndAction: Record<string, number>
  readonly entriesPerSecurity: Record<string, number>
  sumOfSizes: number
  errors: number
}

const HEADER_BYTES = 12

/** Walks the messages of CME packets with the generated classes of a schema, and counts as the references do. */
export function walkMdp3(payloads: readonly Buffer[], classes: ReadonlyMap<number, DecoderClass>): WalkedFacts {
  const facts: WalkedFacts = {
    messages: {},
    versions: {},
    groupEntries: {},
    entriesByTypeAndAction: {},
    entriesPerSecurity: {},
    sumOfSizes: 0,
    errors: 0,
  }
  const decoders = new Map([...classes].map(([template, Message]) => [template, new Message()]))
  for (const payload of payloads) {
    for (let at = HEADER_BYTES; at < payload.length; at += payload.readUInt16LE(at)) {
      walkMessage(payload, at, decoders, facts)
    }
  }
  return facts
}

function walkMessage(payload: Buffer, at: number, decoders: ReadonlyMap<number, Decoder>, facts: WalkedFacts): void {
  const [size, blockLength, template, schema, version] = [0, 2, 4, 6, 8].map((offset) =>
    payload.readUInt16LE(at + offset),
  )
  const decoder = decoders.get(template!)
  if (decoder === undefined) {
    add(facts.messages, `unknown ${template}`)
    return
  }
  const { name } = decoder.constructor
  add(facts.messages, `${template} ${name}`)
  add(facts.versions, `schema ${schema} version ${version}`)
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length)
  if (!decoder.wrap(view, at + 10, blockLength!, version!, at + size!)) {
    facts.errors++
    return
  }
  for (const [member, group] of Object.entries(decoder)) {
    if (!member.startsWith('no') || typeof group !== 'object') continue
    walkGroup(`${name}.${member.replace(/^no/, 'No')}`, group as Entries, facts)
  }
}

function walkGroup(title: string, entries: Entries, facts: WalkedFacts): void {
  facts.groupEntries[title] = (facts.groupEntries[title] ?? 0) + entries.count
  if (!title.endsWith('.NoMDEntries')) return
  const message = title.split('.')[0]!
  const isLegless = !/Snapshot/.test(message)
  while (entries.next()) {
    const type = 'mdEntryType' in entries ? String.fromCharCode(entries.mdEntryType as number) : '-'
    const action = 'mdUpdateAction' in entries ? String(entries.mdUpdateAction) : '-'
    if (isLegless) add(facts.entriesByTypeAndAction, `${message} type=${type} action=${action}`)
    if ('securityID' in entries) add(facts.entriesPerSecurity, String(entries.securityID))
    const isNull = 'isMdEntrySizeNull' in entries && entries.isMdEntrySizeNull === true
    if ('mdEntrySize' in entries && !isNull) facts.sumOfSizes += entries.mdEntrySize as number
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import { findCaptures } from '../../support/captures.ts'

const captures = findCaptures()
const FILES = [
  '12302019_10_per_type.itch',
  '12302019_A-E-C-X-D-U_first500.itch',
  'AAPL_12302019_first30000_transcoded.itch',
  'head1000_1.itch',
]

describe.runIf(captures !== undefined)('raw ITCH 5.0 files', () => {
  it.each(FILES)('%s gives the messages, times and records that an independent decoder found', (name) => {
    const path = join(captures!, 'nasdaq-itch50', name)
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const source = openFeed(path)
    const batch = new RecordBatch(4096)
    let records = 0
    for (;;) {
      batch.reset()
      const appended = source.fill(batch)
      if (appended === 0) break
      records += appended
      for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
        const fault = findCanonicalFault(batch.views, at)
        if (fault !== undefined) throw new Error(fault)
      }
    }
    const facts = source.facts()
    expect(facts.messagesByProtocol.itch50).toEqual(decoded.messages_by_type)
    expect(facts.firstTimeNs).toBe(decoded.first_message_ts_ns)
    expect(facts.lastTimeNs).toBe(decoded.last_message_ts_ns)
    expect(facts.undecoded).toEqual({})
    expect(facts.damage).toEqual({})
    expect(source.progress[0]).toBe(1)
    expect(records).toBeGreaterThanOrEqual(decoded.messages - (decoded.messages_by_type.Y ?? 0))
  })
})

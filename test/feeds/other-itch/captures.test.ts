import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { findCaptures } from '../../support/captures.ts'
import { drainRecords } from '../support/drain.ts'

const captures = findCaptures()

/** What the flows of a folder carry. */
const FOLDERS: readonly (readonly [folder: string, name: string])[] = [
  ['nasdaq-itch50/omi/Nasdaq_Nasdaq.Equities.TotalView.Itch.v5.0', 'itch50'],
  ['nasdaq-itch50/omi/Nasdaq_Nasdaq.Equities.TotalView.Itch.v5.0.20230822', 'itch50'],
  ['nasdaq-itch50/omi/Nasdaq_Nsm.TotalView.v5.0', 'itch50'],
  ['nasdaq-other/omi/Nasdaq_Ise.OrderComboFeed.v1.1', 'iseCombo'],
  ['nasdaq-other/omi/Nasdaq_Ise.TopComboQuoteFeed.v1.0', 'iseCombo'],
  ['nasdaq-other/omi/Nasdaq_Nasdaq.Equities.Bbo.Itch.v2.1.20241105', 'nasdaqBbo'],
  ['nasdaq-other/omi/Nasdaq_Nasdaq.Equities.NlsPlus.Itch.4.0.20241105', 'nlsPlus'],
  ['nasdaq-other/omi/Nasdaq_Uqdf.Output.Utp.v1.5', 'uqdf'],
  ['itch-other-venues/omi/Asx_Ntp.Itch.v1.05', 'asxItch'],
  ['itch-other-venues/omi/Jnx_JnxEquities.Pts.Itch.v1.6', 'jnxItch'],
]

const CASES =
  captures === undefined
    ? []
    : FOLDERS.flatMap(([folder, name]) =>
        readdirSync(join(captures, folder))
          .filter((file) => file.endsWith('.pcap'))
          .map((file): [string, string] => [join(folder, file), name]),
      )

describe.runIf(captures !== undefined)('MoldUDP64 flows of Nasdaq and of other venues', () => {
  it('are all that the folders hold', () => {
    const all = ['nasdaq-itch50', 'nasdaq-other', 'itch-other-venues'].flatMap((folder) =>
      readdirSync(join(captures!, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.pcap'),
      ),
    )
    expect(CASES).toHaveLength(all.length)
  })

  it.each(CASES)('%s is %s', (path, name) => {
    const { decoded } = JSON.parse(readFileSync(join(captures!, `${path}.expected.json`), 'utf8'))
    const source = openFeed(join(captures!, path))
    const records = drainRecords(source)
    const facts = source.facts()
    // A heartbeat alone tells too little.
    const isHeartbeat = path.includes('Heartbeat')
    expect(facts.flows.map(({ protocol }) => protocol)).toEqual([isHeartbeat ? 'unknown' : name])
    if (isHeartbeat) return expect(facts.undecoded).toEqual({ unknownProtocol: 1 })
    const isDecoded = name === 'itch50'
    expect(facts.undecoded).toEqual(isDecoded ? {} : { recognisedOnly: facts.messages })
    if (!isDecoded) expect(records).toEqual([])
    expect(facts.packets).toBe(facts.sessions.reduce((sum, { packets }) => sum + packets, 0))
    // The last sale feed has its types behind the times; the reference counts first bytes.
    if (decoded?.messages_total === undefined) return expect(facts.messages).toBe(1)
    expect(facts.messages).toBe(decoded.messages_total)
    if (name !== 'nlsPlus')
      expect(facts.messagesByProtocol[name]).toEqual(decoded.messages_by_first_byte ?? decoded.messages_by_type)
  })
})

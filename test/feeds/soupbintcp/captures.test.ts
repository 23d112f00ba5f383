import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { findCaptures } from '../../support/captures.ts'
import { drainBytes } from '../support/drain.ts'

const captures = findCaptures()

function listCaptures(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => existsSync(`${path}.expected.json`))
}

/** Packets and the messages in them, summed over the streams of a reference. */
function readReference(path: string): { packets: Record<string, number>; inner: Record<string, number> } {
  const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
  const packets: Record<string, number> = {}
  const inner: Record<string, number> = {}
  for (const stream of Object.values(decoded.soupbintcp) as Record<string, Record<string, number>>[]) {
    for (const [type, count] of Object.entries(stream.soup_packets_by_type!))
      packets[type] = (packets[type] ?? 0) + count
    for (const [kind, count] of Object.entries(stream.inner_messages!)) {
      const key = kind.replace(/ len \d+$/, '')
      inner[key] = (inner[key] ?? 0) + count
    }
  }
  return { packets, inner }
}

function readFacts(path: string) {
  const source = openFeed(path)
  drainBytes(source)
  return source.facts()
}

describe.runIf(captures !== undefined)('captures of SoupBinTCP with OUCH', { timeout: 60_000 }, () => {
  const files = captures === undefined ? [] : listCaptures(join(captures, 'ouch-soupbintcp'))

  it('are there', () => expect(files.length).toBe(8))

  it('hold the packets and the messages that an independent decoder found', () => {
    for (const path of files) {
      const { packets, inner } = readReference(path)
      const facts = readFacts(path)
      const expected = Object.keys(inner).length > 0 ? { soupbintcp: packets, ouch: inner } : { soupbintcp: packets }
      expect(facts.messagesByProtocol, path).toEqual(expected)
      expect(
        facts.flows.map(({ protocol }) => protocol),
        path,
      ).toEqual(['soupbintcp'])
      expect(facts.undecoded, path).toEqual({})
    }
  })

  it('are the only ones taken for it', () => {
    const others = listCaptures(captures!).filter((path) => !path.includes('/ouch-soupbintcp/'))
    const withTcp = others.filter((path) => readFileSync(`${path}.expected.json`, 'utf8').includes('"tcp '))
    expect(withTcp.length).toBeGreaterThan(30)
    for (const path of withTcp)
      expect(Object.keys(readFacts(path).messagesByProtocol), path).not.toContain('soupbintcp')
  })
})

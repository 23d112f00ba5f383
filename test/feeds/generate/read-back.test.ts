import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { generateSession, type SessionFacts } from '../../../feeds/generate/generate-session.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'

/** Reads a file through the product's own feed and returns what that counted. */
function readFacts(path: string) {
  const feed = openFeed(path)
  const batch = new RecordBatch()
  while (feed.fill(batch) !== 0) batch.reset()
  const facts = feed.facts()
  feed.close()
  return facts
}

function expectSameCapture(path: string, facts: SessionFacts): void {
  const read = readFacts(path)
  const capture = facts.capture!
  expect(read.messagesByProtocol.itch50).toEqual(facts.messagesByType)
  expect(read.packets).toBe(capture.packets)
  expect(read.firstTimeNs).toBe(capture.firstTimeNs)
  expect(read.lastTimeNs).toBe(capture.lastTimeNs)
  expect(read.instruments).toBe(facts.symbols)
  expect(read.undecoded).toEqual({})
  expect(read.errors).toEqual([])
  expect(read.sessions.length).toBe(1)
  expect(read.sessions[0]).toMatchObject({
    session: capture.session,
    firstSequence: String(capture.firstSequence),
    lastSequence: String(capture.lastSequence),
    messages: facts.messages,
    missing: 0,
    duplicates: 0,
    heartbeats: capture.heartbeats,
    endOfSession: capture.endOfSessionPackets,
  })
}

describe('a generated session, read back by the feeds', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'xk-generate-back-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(['', '.gz'])('has the packets, sequences and messages of its facts, raw and captured%s', async (packing) => {
    const rawPath = join(folder, `day.itch${packing}`)
    const capturePath = join(folder, `day.pcapng${packing}`)
    const options = { seed: 17, symbols: 60, messages: 15_000, startTimeNs: 33_600e9, endTimeNs: 34_800e9 }
    const facts = await generateSession({ ...options, rawPath, capturePath })
    expectSameCapture(capturePath, facts)
    const raw = readFacts(rawPath)
    expect(raw.messagesByProtocol.itch50).toEqual(facts.messagesByType)
    expect(raw.firstTimeNs).toBe(String(facts.firstMessageNs))
    expect(raw.lastTimeNs).toBe(String(facts.lastMessageNs))
    expect(raw.undecoded).toEqual({})
  })

  it('is the sample session when that is read', () => {
    const folder = new URL('../../../replay-data/', import.meta.url).pathname
    const facts = JSON.parse(readFileSync(join(folder, 'sample-session.json'), 'utf8')) as SessionFacts
    expectSameCapture(join(folder, 'sample-session.pcapng.gz'), facts)
  })
})

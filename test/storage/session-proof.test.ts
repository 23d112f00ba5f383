import { afterEach, describe, expect, test, vi } from 'vitest'
import type { JournalFacts } from '../../storage/journal/facts.ts'
import { JournalStream, SegmentHeader, segmentName } from '../../storage/journal/layout.ts'
import { hashSession, SESSION_FILE_NAME } from '../../storage/journal/session-proof.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { fixChecksums, fixHeader } from './support/forge.ts'
import { MemoryStorage } from './support/memory-storage.ts'
import { appendBatch, IDENTITY, SMALL_SEGMENT_BYTES } from './support/scripts.ts'

/* The description of a session lies outside the segments: the journal says by a digest what it was begun with. */

const SESSION = {
  format: 2,
  configHash: '0011223344556677',
  header: { codeHash: 'c0de', limits: { maxQuantity: 100 }, plugins: [{ name: 'mine', codeHash: 'beef' }] },
  strategies: [{ name: 'mine', path: 'mine.ts' }],
  strategy: { seed: 1, bundles: [{ code: 'export default {}', digest: 'beef' }], disabled: [] as object[] },
}
const TEXT = JSON.stringify(SESSION, null, 1)

function put(storage: MemoryStorage, text: string): void {
  if (storage.list().includes(SESSION_FILE_NAME)) storage.remove(SESSION_FILE_NAME)
  const bytes = Buffer.from(text)
  storage.create(SESSION_FILE_NAME, bytes.length).write(bytes, 0, bytes.length, 0)
}

/** Three segments and a little. @param isClosed or the writer is killed */
function writeJournal(isClosed = true): MemoryStorage {
  const storage = new MemoryStorage()
  const identity = { ...IDENTITY, sessionDigest: hashSession(TEXT)! }
  const { writer } = JournalWriter.open(storage, { identity, segmentBytes: SMALL_SEGMENT_BYTES })
  for (let i = 0; i < 20; i++) appendBatch(writer, JournalStream.Inbound, i * 9 + 1, i * 9 + 9)
  if (isClosed) writer.close()
  put(storage, TEXT)
  return storage
}

/** Makes every header say another digest, with checksums that agree. */
function rewriteDigests(storage: MemoryStorage, digest: string): void {
  for (const name of segmentsOf(storage)) {
    const image = storage.files.get(name)!.seen
    image.set(Buffer.from(digest, 'hex'), SegmentHeader.SessionDigest)
    fixHeader(image)
  }
}

function segmentsOf(storage: MemoryStorage): string[] {
  return storage.list().filter((name) => name.endsWith('.xkj'))
}

describe('the description of a session', () => {
  test('is proven by the journal, closed or not, and a strategy disabled meanwhile is no change', () => {
    for (const isClosed of [true, false]) {
      const storage = writeJournal(isClosed)
      expect(verifyStorage(storage)).toMatchObject({ session: 'proven', damage: [], formatVersion: 3 })
      const disabled = [{ id: 1, reason: 'overran' }]
      put(storage, JSON.stringify({ ...SESSION, strategy: { ...SESSION.strategy, disabled } }))
      expect(verifyStorage(storage).session).toBe('proven')
    }
  })

  test('that is altered anywhere in its meaning is damage, and so is one that is gone', () => {
    const storage = writeJournal()
    for (let at = 0; at < TEXT.length; at++) {
      const altered = `${TEXT.slice(0, at)}${TEXT[at] === '7' ? '8' : '7'}${TEXT.slice(at + 1)}`
      // White space, and what is disabled, mean nothing here.
      if (/\s/.test(TEXT[at]!) && hashSession(altered) === hashSession(TEXT)) continue
      if (at > TEXT.lastIndexOf('"disabled"')) break
      put(storage, altered)
      const facts = verifyStorage(storage)
      expect(facts.session, `character ${at}`).toBe('altered')
      expect(judge(facts)).toBe('damaged')
    }
    storage.remove(SESSION_FILE_NAME)
    expect(verifyStorage(storage).damage).toMatchObject([{ code: 'session-missing', file: SESSION_FILE_NAME }])
  })

  test('that is altered together with all headers and their checksums breaks the seals', () => {
    const storage = writeJournal()
    const other = JSON.stringify({ ...SESSION, configHash: 'ffffffffffffffff' })
    put(storage, other)
    rewriteDigests(storage, hashSession(other)!)
    fixSegments(storage)
    const facts = verifyStorage(storage)
    expect(facts.session).toBe('proven')
    expect(judge(facts)).toBe('damaged')
    expect(facts.damage.map(({ code }) => code)).toContain('seal')
  })

  test('of one segment alone makes that segment one of another journal', () => {
    const storage = writeJournal()
    const image = storage.files.get(segmentName(2))!.seen
    image.fill(0x55, SegmentHeader.SessionDigest, SegmentHeader.End)
    fixHeader(image)
    expect(verifyStorage(storage).damage.map(({ code }) => code)).toContain('segment-foreign')
  })

  test('is nothing that a journal of format 2 speaks of: it is read as before', () => {
    const storage = new MemoryStorage()
    const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES })
    for (let i = 0; i < 3; i++) appendBatch(writer, JournalStream.Inbound, i * 9 + 1, i * 9 + 9)
    const image = storage.files.get(segmentName(1))!.seen
    new DataView(image.buffer).setUint32(SegmentHeader.FormatVersion, 2, true)
    fixHeader(image)
    expect(verifyStorage(storage)).toMatchObject({ session: 'unproven', damage: [], formatVersion: 2 })
    const again = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES })
    for (let i = 3; i < 20; i++) appendBatch(again.writer, JournalStream.Inbound, i * 9 + 1, i * 9 + 9)
    again.writer.close()
    expect(judge(verifyStorage(storage))).toBe('closed')
    expect(verifyStorage(storage).inbound.records).toBe(180)
  })
})

/** Chains and checksums agree again; the description is no segment. */
function fixSegments(storage: MemoryStorage): void {
  const description = storage.files.get(SESSION_FILE_NAME)!
  storage.files.delete(SESSION_FILE_NAME)
  fixChecksums(storage)
  storage.files.set(SESSION_FILE_NAME, description)
}

type ProofModule = typeof import('../../storage/journal/session-proof.ts')
type HeaderModule = typeof import('../../storage/journal/segment-header.ts')

describe('a build that does not look', () => {
  afterEach(() => {
    vi.doUnmock('../../storage/journal/session-proof.ts')
    vi.doUnmock('../../storage/journal/segment-header.ts')
    vi.resetModules()
  })

  /** What verification says of a journal whose description was altered. */
  async function verifyAltered(): Promise<JournalFacts> {
    vi.resetModules()
    const { JournalWriter: Writer } = await import('../../storage/journal/writer.ts')
    const { verifyStorage: verify } = await import('../../storage/journal/verify.ts')
    const storage = new MemoryStorage()
    const identity = { ...IDENTITY, sessionDigest: hashSession(TEXT)! }
    const { writer } = Writer.open(storage, { identity, segmentBytes: SMALL_SEGMENT_BYTES })
    appendBatch(writer, JournalStream.Inbound, 1, 9)
    writer.close()
    put(storage, TEXT.replace('c0de', 'c0d3'))
    return verify(storage)
  }

  test('unbroken, it sees what was altered', async () => {
    expect((await verifyAltered()).session).toBe('altered')
  })

  test.each([
    [
      'takes whatever lies there',
      () =>
        vi.doMock('../../storage/journal/session-proof.ts', async (original) => ({
          ...(await original<ProofModule>()),
          proveSession: () => 'proven',
        })),
    ],
    [
      'leaves the digest out of the header',
      () =>
        vi.doMock('../../storage/journal/segment-header.ts', async (original) => {
          const module = await original<HeaderModule>()
          const encodeSegmentHeader: HeaderModule['encodeSegmentHeader'] = (identity, ...rest) =>
            module.encodeSegmentHeader({ ...identity, sessionDigest: undefined }, ...rest)
          return { ...module, encodeSegmentHeader }
        }),
    ],
  ])('%s, and the check above goes red', async (_, mutate) => {
    mutate()
    expect((await verifyAltered()).session).not.toBe('altered')
  })
})

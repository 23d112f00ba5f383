import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { XkError } from '../../kernels/host/xk-error.ts'
import {
  BatchHeader,
  JournalStream,
  SEAL_DIGEST_BYTES,
  SEGMENT_HEADER_BYTES,
  Seal,
  SegmentHeader,
  segmentName,
} from '../../storage/journal/layout.ts'
import { JournalScan } from '../../storage/journal/recovery.ts'
import { readSealSigner, readSealVerifier, type SealSigner } from '../../storage/journal/seal-key.ts'
import { formatFacts, judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { fixChecksums } from './support/forge.ts'
import { MemoryStorage } from './support/memory-storage.ts'
import { appendBatch, IDENTITY, SMALL_SEGMENT_BYTES } from './support/scripts.ts'

const { Inbound } = JournalStream
const folder = mkdtempSync(join(tmpdir(), 'xk-seal-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function makeKey(name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(join(folder, name), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(folder, `${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
  return join(folder, name)
}

function open(storage: MemoryStorage, signer?: SealSigner): JournalWriter {
  const options = { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES, ...(signer && { signer }) }
  return JournalWriter.open(storage, options).writer
}

/** Three segments and a little, closed. */
function writeJournal(signer?: SealSigner): MemoryStorage {
  const storage = new MemoryStorage()
  const writer = open(storage, signer)
  for (let i = 0; i < 20; i++) appendBatch(writer, Inbound, i * 9 + 1, i * 9 + 9)
  writer.close()
  return storage
}

/** Offset of the last batch of a segment. */
function lastBatchAt(image: Uint8Array): number {
  const words = new DataView(image.buffer)
  let last = 0
  for (let at = SEGMENT_HEADER_BYTES; at + 80 <= image.length && words.getUint32(at, true) !== 0; ) {
    last = at
    at += BatchHeader.Bytes + words.getUint32(at + BatchHeader.PayloadBytes, true)
  }
  return last
}

/** Seals a forged journal anew, from its first segment on, as somebody without the key can. */
function sealAnew(storage: MemoryStorage): void {
  let before = new Uint8Array(SEAL_DIGEST_BYTES)
  for (const name of [...storage.files.keys()].sort()) {
    const image = storage.files.get(name)!.seen
    image.set(before, SegmentHeader.SealBefore)
    fixChecksums(storage)
    const at = lastBatchAt(image)
    before = createHash('sha256').update(image.subarray(0, at)).digest()
    image.set(before, at + BatchHeader.Bytes + Seal.Digest)
    fixChecksums(storage)
  }
}

describe('seals', () => {
  test('end every segment, chain them, and are the SHA-256 of what lies before', () => {
    const storage = writeJournal()
    const facts = verifyStorage(storage)
    expect(judge(facts)).toBe('closed')
    expect(facts.segments.length).toBeGreaterThan(2)
    facts.segments.forEach((segment, index) => {
      const image = storage.files.get(segment.file)!.seen
      const digest = createHash('sha256')
        .update(image.subarray(0, lastBatchAt(image)))
        .digest('hex')
      expect(segment.seal).toBe(digest)
      const next = storage.files.get(segmentName(index + 2))?.seen
      if (next !== undefined) expect(Buffer.from(next.subarray(128, 160)).toString('hex')).toBe(digest)
    })
    expect(formatFacts(facts).join('\n')).toContain(`not signed\n          last ${facts.segments.at(-1)!.seal}`)
  })

  test('show a record that was changed together with every checksum', () => {
    const storage = writeJournal()
    const image = storage.files.get(segmentName(2))!.seen
    const second = lastBatchAt(image) - 200
    image[second]! ^= 1
    fixChecksums(storage)
    const facts = verifyStorage(storage)
    expect(new JournalScan(storage, { digests: false }).damage).toEqual([])
    const { lastSequence } = facts.inbound
    expect(lastSequence).toBe(180)
    expect(facts.damage[0]).toMatchObject({ code: 'seal', file: segmentName(2), offsetBytes: lastBatchAt(image) })
    const [lost] = facts.damage[0]!.lost
    expect(lost).toMatchObject({ stream: 'inbound' })
    expect(lost!.after).toBeGreaterThan(0)
    expect(lost!.before! - lost!.after).toBeGreaterThan(9)
    expect(judge(facts)).toBe('damaged')
  })

  test('show a segment that was sealed anew: the one behind carries the old seal', () => {
    const storage = writeJournal()
    const image = storage.files.get(segmentName(1))!.seen
    image[SEGMENT_HEADER_BYTES + BatchHeader.Bytes + 40]! ^= 1
    fixChecksums(storage)
    const at = lastBatchAt(image)
    image.set(createHash('sha256').update(image.subarray(0, at)).digest(), at + BatchHeader.Bytes + Seal.Digest)
    fixChecksums(storage)
    expect(verifyStorage(storage).damage[0]).toMatchObject({ code: 'seal', file: segmentName(2), offsetBytes: 0 })
    expect(() => open(storage)).toThrow(/seal/)
  })

  test('agree again after all were made anew: only a signature, or a seal noted elsewhere, tells', () => {
    const key = readSealSigner(makeKey('mine'))
    const storage = writeJournal(key)
    const before = verifyStorage(storage)
    const verifier = readSealVerifier(join(folder, 'mine.pub'))
    expect(verifyStorage(storage, { sealKey: verifier }).damage).toEqual([])
    expect(before.segments.every((segment) => segment.signedBy === verifier.fingerprint)).toBe(true)
    storage.files.get(segmentName(1))!.seen[SEGMENT_HEADER_BYTES + BatchHeader.Bytes + 40]! ^= 1
    sealAnew(storage)
    const after = verifyStorage(storage)
    expect(after.damage).toEqual([])
    expect(after.segments.at(-1)!.seal).not.toBe(before.segments.at(-1)!.seal)
    const checked = verifyStorage(storage, { sealKey: verifier })
    expect(checked.damage[0]).toMatchObject({ code: 'seal', what: 'the signature of the seal is not of this key' })
  })

  test('without a signature, or with another key, are refused where a key is demanded', () => {
    const other = readSealVerifier(makeKey('other'))
    expect(verifyStorage(writeJournal(), { sealKey: other }).damage[0]!.what).toBe('the seal is not signed')
    const signed = writeJournal(readSealSigner(makeKey('third')))
    expect(verifyStorage(signed, { sealKey: other }).damage[0]!.what).toContain('signed by another key')
  })

  test('a key file that is none is refused with the command that makes one', () => {
    writeFileSync(join(folder, 'none'), 'no key')
    expect(() => readSealSigner(join(folder, 'none'))).toThrow(XkError)
    expect(() => readSealSigner(join(folder, 'absent'))).toThrow(XkError)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(join(folder, 'ec'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(() => readSealSigner(join(folder, 'ec'))).toThrow(/type ec/)
  })
})

describe('a writer that comes back', () => {
  test('to a closed journal goes on, and the segment is sealed again over everything', () => {
    const storage = writeJournal()
    const seal = verifyStorage(storage).segments.at(-1)!.seal
    const writer = open(storage)
    appendBatch(writer, Inbound, 181, 182)
    writer.close()
    const facts = verifyStorage(storage)
    expect(judge(facts)).toBe('closed')
    expect(facts.segments.at(-1)!.seal).not.toBe(seal)
  })

  test('to a segment that was full and sealed when its successor was not there yet begins that one', () => {
    const storage = writeJournal()
    for (const name of [...storage.files.keys()].sort().slice(1)) storage.files.delete(name)
    expect(verifyStorage(storage).segments[0]!.seal).not.toBeNull()
    const last = verifyStorage(storage).inbound.lastSequence
    const closing = storage.afterKill()
    const writer = open(storage)
    appendBatch(writer, Inbound, last + 1, last + 9)
    writer.close()
    expect(judge(verifyStorage(storage))).toBe('closed')
    expect(verifyStorage(storage).segments).toHaveLength(2)
    open(closing).close()
    expect(judge(verifyStorage(closing))).toBe('closed')
  })
})

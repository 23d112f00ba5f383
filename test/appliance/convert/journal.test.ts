import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { BatchBuffer } from '../../../storage/journal/batch-buffer.ts'
import { FileStorage } from '../../../storage/journal/file-storage.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalWriter } from '../../../storage/journal/writer.ts'
import { convertFile, createFolder } from './support.ts'

const folder = createFolder()
const IDENTITY = { idLow: 1, idHigh: 2, configLow: 3, configHigh: 4, label: 'test' }
const EPOCH_NS = 1_577_682_000n * 1_000_000_000n

function writeJournal(name: string, epochNs: bigint): string {
  const path = join(folder, name)
  mkdirSync(path)
  const { writer } = JournalWriter.open(new FileStorage(path), { identity: IDENTITY, segmentBytes: 1 << 16 })
  const records: PlainRecord[] = [
    { record: 'sessionStart', epoch: epochNs, catalogueVersion: 2 },
    { record: 'instrument', instrument: 1, symbol: 'AAPL', priceExponent: -4, roundLot: 100, sourceTime: 1_000 },
    { record: 'trade', instrument: 1, price: 2_887_300, quantity: 20, match: '7', sourceTime: 34_500_000_155_705 },
    { record: 'clock', tick: 1 },
    { record: 'filled', price: 2_887_300, quantity: 20 },
    { record: 'sessionEnd' },
  ]
  const views = new RecordViews(new ArrayBuffer(512))
  const batch = new BatchBuffer(JournalStream.Inbound)
  for (const [index, record] of records.entries()) {
    encodeRecord({ ...record, sequence: index + 1, time: 34_500_000_900_000 }, views, 0)
    batch.appendRecord(views, 0)
  }
  writer.append(batch.views, 0, JournalStream.Inbound, batch.payloadBytes, batch.recordCount, batch.lastAt)
  writer.close()
  return path
}

test('a journal gives its market data, with inbound sequences and the exchange times', async () => {
  const result = await convertFile(writeJournal('dated', EPOCH_NS), join(folder, 'dated.csv'), { types: [21] })
  expect(result.input).toMatchObject({ kind: 'journal', records: { instrument: 1, trade: 1 }, errors: [] })
  expect(readFileSync(join(folder, 'dated.csv'), 'utf8').split('\n')[1]).toBe(
    '1577716500000155705,AAPL,3,1,0,0,0,288.7300,20,7,buy',
  )
})

test('a journal without an epoch tells times since midnight, or of the date that is given', async () => {
  const path = writeJournal('undated', 0n)
  const csv = join(folder, 'undated.csv')
  expect((await convertFile(path, csv)).isDated).toBe(false)
  expect(readFileSync(csv, 'utf8')).toContain('trade,34500000155705,AAPL')
  await convertFile(path, csv, { date: '2019-12-30' })
  expect(readFileSync(csv, 'utf8')).toContain('trade,1577716500000155705,AAPL')
})

test('damage is told, and what is sound is converted', async () => {
  const path = writeJournal('damaged', EPOCH_NS)
  const segment = join(path, readdirSync(path)[0]!)
  const bytes = readFileSync(segment)
  bytes[4096 + 200]! ^= 1
  writeFileSync(segment, bytes)
  const result = await convertFile(path, join(folder, 'damaged.jsonl'))
  expect(result.input.errors.length).toBeGreaterThan(0)
  expect(result.output.records).toEqual({})
})

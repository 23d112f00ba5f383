import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { buildEntry } from './support/build-entry.ts'
import { Random, testSeed } from './support/random.ts'
import { IDENTITY, range, readAll, sequencesOf } from './support/scripts.ts'

/** XK_JOURNAL_KILLS=200 is what the bench suite runs: cycles over all the ways of writing. */
const LIVES = Math.ceil(Number(process.env.XK_JOURNAL_KILLS ?? 15) / 5)
const MS_PER_LIFE_MAX = 10_000
const folder = mkdtempSync(join(tmpdir(), 'xk-journal-kill-'))
let threadUrl: URL
let processUrl: URL

beforeAll(async () => {
  await buildEntry('storage/journal/journal-keeper.thread.ts', 'journal-keeper.thread')
  await buildEntry('storage/journal/journal-sync.thread.ts', 'journal-sync.thread')
  threadUrl = await buildEntry('storage/journal/journal.thread.ts', 'kill-journal.thread')
  processUrl = await buildEntry('test/storage/support/journal-writer.process.ts', 'journal-writer.process')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Said {
  written: number
  durable: number
  errors: string
}

/** Lets a writer write until it has said `lines` chunks, then kills it. */
async function liveAndDie(path: string, mode: string, sink: string, chunks: number): Promise<Said> {
  const child: ChildProcess = spawn(process.execPath, [processUrl.pathname, path, mode, sink])
  const said: Said = { written: 0, durable: 0, errors: '' }
  let seen = 0
  let rest = ''
  child.stderr!.on('data', (data) => {
    said.errors += data
  })
  child.stdout!.on('data', (data) => {
    rest += data
    const lines = rest.split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      if (line.startsWith('W ')) said.written = Number(line.slice(2))
      if (line.startsWith('D ')) said.durable = Number(line.slice(2))
    }
    if (++seen === chunks) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.on('close', resolve))
  return said
}

test.each([
  ['async', 'direct'],
  ['group', 'direct'],
  ['async', 'thread'],
  ['group', 'thread'],
  ['sync', 'thread'],
])(
  'a writer killed with -9 again and again (%s, %s) leaves a journal that verifies',
  { timeout: Math.max(60_000, LIVES * MS_PER_LIFE_MAX) },
  async (mode, sink) => {
    const random = new Random(testSeed())
    const path = join(folder, `${mode}-${sink}`)
    const storage = FileStorage.create(path)
    let before = 0
    for (let life = 0; life < LIVES; life++) {
      const chunks = 1 + random.below(30)
      const said = await liveAndDie(path, mode, sink === 'direct' ? sink : threadUrl.href, chunks)
      expect(said.errors).toBe('')
      const facts = verifyStorage(storage)
      expect(facts.damage).toEqual([])
      expect(facts.inbound.lastSequence).toBeGreaterThanOrEqual(Math.max(before, said.written, said.durable))
      expect(said.written).toBeGreaterThanOrEqual(before)
      before = facts.inbound.lastSequence
    }
    expect(sequencesOf(readAll(storage), JournalStream.Inbound)).toEqual(range(1, before))
    JournalWriter.open(storage, { identity: IDENTITY }).writer.close()
    expect(judge(verifyStorage(storage))).toBe('closed')
  },
)

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSession } from '../../../feeds/generate/generate-session.ts'
import { OutputFileError } from '../../../feeds/generate/output-file.ts'
import { parseTimeOfDay, SessionOptionError, type SessionOptions } from '../../../feeds/generate/session-options.ts'
import { ExitCode } from '../../../kernels/host/xk-error.ts'

const GOOD: SessionOptions = { seed: 1, symbols: 4, messages: 2_000 }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xk-generate-options-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('session options out of bounds', () => {
  it.each<[string, Partial<SessionOptions>]>([
    ['seed', { seed: -1 }],
    ['seed', { seed: 1.5 }],
    ['symbols', { symbols: 0 }],
    ['symbols', { symbols: 8_193, messages: 1_000_000 }],
    ['messages', { messages: 999 }],
    ['messages', { symbols: 100, messages: 5_000 }],
    ['messages', { messages: 1_000_000_001 }],
    ['liveOrdersTarget', { liveOrdersTarget: 1_000 }],
    ['date', { date: '2025-13-01' }],
    ['session', { session: 'longer than ten' }],
    ['packets.group', { packets: { group: '233.54.12' } }],
    ['packets.port', { packets: { port: 0 } }],
    ['packets.payloadBytesMax', { packets: { payloadBytesMax: 1_473 } }],
    ['startTimeNs', { startTimeNs: 10, openTimeNs: 5 }],
    ['capturePath', { rawPath: 'same', capturePath: 'same' }],
  ])('are refused by name before anything is written: %s %o', async (option, change) => {
    const rawPath = join(folder, 'refused.itch')
    const failure = await generateSession({ ...GOOD, rawPath, ...change }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SessionOptionError)
    expect((failure as SessionOptionError).where).toBe(`option ${option}`)
    expect((failure as SessionOptionError).next).toBeTruthy()
    expect((failure as SessionOptionError).exitCode).toBe(ExitCode.Usage)
    expect(existsSync(rawPath)).toBe(false)
  })

  it('include times of day that are none', () => {
    expect(parseTimeOfDay('start', '09:30')).toBe(34_200_000_000_000)
    expect(parseTimeOfDay('start', '15:59:59')).toBe(57_599_000_000_000)
    for (const text of ['9:30', '24:00', '09:60', 'noon', '']) {
      expect(() => parseTimeOfDay('start', text)).toThrow(SessionOptionError)
    }
  })
})

describe('a session that cannot be written', () => {
  it('fails with the path and the system error, and leaves nothing behind', async () => {
    const rawPath = join(folder, 'first.itch')
    for (const capturePath of [join(folder, 'missing', 'x.pcapng'), join(folder, 'missing', 'x.pcapng.gz')]) {
      const failure = await generateSession({ ...GOOD, rawPath, capturePath }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(OutputFileError)
      expect((failure as OutputFileError).where).toBe(`${capturePath}, ENOENT`)
      expect((failure as OutputFileError).exitCode).toBe(ExitCode.Host)
    }
    expect(existsSync(rawPath)).toBe(false)
    expect(existsSync(`${rawPath}.partial`)).toBe(false)
  })

  it.runIf(existsSync('/dev/full'))('tells a full disk apart, compressed or not', async () => {
    const { symlinkSync } = await import('node:fs')
    for (const name of ['full.itch', 'full.itch.gz']) {
      symlinkSync('/dev/full', join(folder, `${name}.partial`))
      const failure = await generateSession({ ...GOOD, rawPath: join(folder, name) }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(OutputFileError)
      expect((failure as OutputFileError).message).toContain('ENOSPC')
      expect((failure as OutputFileError).next).toContain('space')
    }
  })

  it('reports progress up to the last message', async () => {
    const seen: number[] = []
    const facts = await generateSession({ ...GOOD, onProgress: (progress) => seen.push(progress.messages) })
    expect(seen.at(-1)).toBe(facts.messages)
  })
})

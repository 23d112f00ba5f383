import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { findCaptures } from '../support/captures.ts'
import { createTempFolder, nextInstance, replayJson, runXk } from './support/run-xk.ts'

/* Each real Nasdaq file through the command, one by one: what was read is what independent decoders found. */

const folder = createTempFolder('itch-captures')
const captures = findCaptures()
const root = join(captures ?? '', 'nasdaq-itch50')
const FILES =
  captures === undefined
    ? []
    : (readdirSync(root, { recursive: true }) as string[]).filter((name) => /\.(itch|pcap)$/.test(name)).sort()
const IN_PROCESSES = FILES.filter((name) => /head1000|A-E-C-X-D-U|Multiple\.Packets|OrderExecutedWithPrice/.test(name))

interface Reference {
  readonly pcap?: { readonly packets: number }
  readonly decoded: {
    readonly messages?: number
    readonly messages_total?: number
    readonly first_message_ts_ns: string
    readonly last_message_ts_ns: string
  }
}

function compare(name: string, result: ReplayResult): void {
  const { pcap, decoded }: Reference = JSON.parse(readFileSync(join(root, `${name}.expected.json`), 'utf8'))
  expect(result.exitCode).toBe(0)
  expect(result.ending).toBe('finished')
  expect(result.input.messages).toBe(decoded.messages ?? decoded.messages_total)
  expect(result.input.packets).toBe(pcap?.packets ?? 0)
  expect(result.input.undecoded).toEqual({})
  if (pcap === undefined) {
    expect(result.input.firstTimeNs).toBe(decoded.first_message_ts_ns)
    expect(result.input.lastTimeNs).toBe(decoded.last_message_ts_ns)
  }
  expect(result.journal.durable).toBe(result.inbound.records)
}

function digestsOf({ inbound, outbound }: ReplayResult): string {
  return `${inbound.records} ${inbound.digest} ${outbound.records} ${outbound.digest}`
}

describe.skipIf(captures === undefined)('real Nasdaq files through xk replay', () => {
  test('all of them are there', () => expect(FILES.length).toBe(28))

  const inline = new Map<string, ReplayResult>()

  // One thread each, which waits for the disk half of its time: two at a time.
  test.concurrent.each(FILES)('%s', { timeout: 60_000 }, async (name) => {
    const result = await replayJson([join(root, name), '--layout', 'inline'], folder)
    inline.set(name, result)
    compare(name, result)
  })

  test.each(IN_PROCESSES)('%s in three processes decides the same', { timeout: 60_000 }, async (name) => {
    const processes = await replayJson([join(root, name), '--layout', 'processes'], folder)
    compare(name, processes)
    const one = inline.get(name) ?? (await replayJson([join(root, name), '--layout', 'inline'], folder))
    expect(digestsOf(processes)).toBe(digestsOf(one))
  })
})

describe.skipIf(captures === undefined)("a session's day", () => {
  async function firstLine(args: readonly string[]): Promise<string> {
    const instance = nextInstance()
    const run = await runXk(['replay', ...args, '--layout', 'inline', '--instance', instance], folder)
    expect(run.code, run.stderr).toBe(0)
    const dump = await runXk(['journal', 'dump', `.xk/journal/${instance}-1`, '--limit', '1'], folder)
    return dump.stdout
  }
  const raw = join(root, 'head1000_1.itch')
  const packets = join(root, FILES.find((name) => name.endsWith('20230822/OrderReplace.pcap')) ?? '')

  test('is that of the first packet, from midnight in New York', { timeout: 60_000 }, async () => {
    expect(await firstLine([packets])).toContain('epoch=2023-08-22T04:00:00Z')
  })

  test('begins at midnight of the zone that is configured', { timeout: 60_000 }, async () => {
    expect(await firstLine([packets, '--set', 'feed.timeZone=UTC'])).toContain('epoch=2023-08-22T00:00:00Z')
  })

  test('is not known of messages alone, unless it is configured', { timeout: 60_000 }, async () => {
    expect(await firstLine([raw])).toContain('epoch=unknown')
    expect(await firstLine([raw, '--set', 'feed.date=2019-12-30'])).toContain('epoch=2019-12-30T05:00:00Z')
  })

  test.each([
    ['feed.date=2019-02-30', /a date as YYYY-MM-DD/],
    ['feed.timeZone=New-York', /an IANA time zone/],
  ])('is refused when it cannot be: %s', async (setting, message) => {
    const run = await runXk(['replay', raw, '--set', setting], folder)
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(message)
  })
})

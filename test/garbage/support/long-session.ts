import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { generateSession } from '../../../feeds/generate/generate-session.ts'
import { Common } from '../../../feeds/itch50/layout.ts'

const START_NS = 34_200_000_000_000
const SPAN_NS = 60_000_000_000
const MESSAGES = 300_000

/**
 * Writes a raw ITCH file of many messages at little cost: one generated minute over and over, each time a minute later.
 * Orders that a minute leaves behind are refused when the next one adds them again; the books count that and go on.
 * @returns messages written
 */
export async function writeLongSession(path: string, copies: number, seed: number): Promise<number> {
  const basePath = `${path}.minute`
  const facts = await generateSession({
    seed,
    symbols: 200,
    messages: MESSAGES,
    startTimeNs: START_NS,
    endTimeNs: START_NS + SPAN_NS - 1,
    rawPath: basePath,
  })
  const bytes = readFileSync(basePath)
  const file = openSync(path, 'w')
  writeSync(file, bytes)
  const repeated = bytes.subarray(directoryEnd(bytes))
  for (let copy = 1; copy < copies; copy++) {
    shiftTimes(repeated)
    writeSync(file, repeated)
  }
  closeSync(file)
  return facts.messages * copies
}

/** Moves every message's stamp, 48 bits of nanoseconds since midnight, one span on. */
function shiftTimes(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
    const stampAt = at + 2 + Common.Timestamp
    bytes.writeUIntBE(bytes.readUIntBE(stampAt, 6) + SPAN_NS, stampAt, 6)
  }
}

/** Where the messages that come once a day end: the system events and the directory. */
function directoryEnd(bytes: Buffer): number {
  let end = 0
  for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
    if (bytes[at + 2] === 'A'.charCodeAt(0)) break
    end = at + 2 + bytes.readUInt16BE(at)
  }
  return end
}

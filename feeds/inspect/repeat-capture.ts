import { closeSync, openSync, writeSync } from 'node:fs'
import { PCAPNG_SECTION } from '../capture/recognise.ts'
import { MoldCount, MoldHeader } from '../moldudp64/layout.ts'

/** Blocks of pcapng as our generator writes them: little-endian, nanoseconds, one interface. */
enum Block {
  Type = 0,
  Length = 4,
  /** Of an enhanced packet block. */
  TimeHigh = 12,
  TimeLow = 16,
  Frame = 28,
}

const ENHANCED_PACKET = 6
/** Ethernet, IPv4 without options and UDP before the MoldUDP64 packet. */
const MOLD_AT = Block.Frame + 42

/** What was written. */
export interface RepeatedCapture {
  readonly packets: number
  readonly bytes: number
}

/**
 * Writes a generated capture over and over into one file, its sequence numbers and times going on from one time to the next,
 * until the file has the size wanted. The ends of sessions are left out.
 * @param capture pcapng by `generateInMemory`
 * @throws an error of the file system
 */
export function writeRepeated(
  capture: Uint8Array,
  path: string,
  bytesWanted: number,
  onProgress: (fraction: number) => void,
): RepeatedCapture {
  const { head, round } = split(capture)
  const view = new DataView(round.buffer, round.byteOffset, round.byteLength)
  const { packets, messages, spanNs } = measure(view)
  const file = openSync(path, 'w')
  try {
    let bytes = writeSync(file, head)
    let rounds = 0
    for (; bytes < bytesWanted; rounds++) {
      bytes += writeAll(file, round)
      advance(view, messages, spanNs)
      onProgress(Math.min(1, bytes / bytesWanted))
    }
    return { packets: packets * rounds, bytes }
  } finally {
    closeSync(file)
  }
}

function writeAll(file: number, bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) at += writeSync(file, bytes, at)
  return at
}

/** The blocks before the first packet, and those of the packets with messages or heartbeats. */
function split(capture: Uint8Array): { head: Uint8Array; round: Uint8Array } {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength)
  if (view.getUint32(Block.Type) !== PCAPNG_SECTION) throw new RangeError('a generated capture is pcapng')
  let first = 0
  while (view.getUint32(first + Block.Type, true) !== ENHANCED_PACKET)
    first += view.getUint32(first + Block.Length, true)
  let end = first
  while (end < capture.length) {
    if (view.getUint16(end + MOLD_AT + MoldHeader.Count) === MoldCount.EndOfSession) break
    end += view.getUint32(end + Block.Length, true)
  }
  return { head: capture.slice(0, first), round: capture.slice(first, end) }
}

function measure(view: DataView): { packets: number; messages: bigint; spanNs: bigint } {
  let packets = 0
  let messages = 0n
  let lastNs = 0n
  for (let at = 0; at < view.byteLength; at += view.getUint32(at + Block.Length, true)) {
    packets++
    messages += BigInt(view.getUint16(at + MOLD_AT + MoldHeader.Count))
    lastNs = readTime(view, at)
  }
  return { packets, messages, spanNs: lastNs - readTime(view, 0) + 1000n }
}

function readTime(view: DataView, at: number): bigint {
  return (BigInt(view.getUint32(at + Block.TimeHigh, true)) << 32n) | BigInt(view.getUint32(at + Block.TimeLow, true))
}

/** Moves all packets on by one round. */
function advance(view: DataView, messages: bigint, spanNs: bigint): void {
  for (let at = 0; at < view.byteLength; at += view.getUint32(at + Block.Length, true)) {
    const timeNs = readTime(view, at) + spanNs
    view.setUint32(at + Block.TimeHigh, Number(timeNs >> 32n), true)
    view.setUint32(at + Block.TimeLow, Number(timeNs & 0xffff_ffffn), true)
    const sequenceAt = at + MOLD_AT + MoldHeader.SequenceHigh
    view.setBigUint64(sequenceAt, view.getBigUint64(sequenceAt) + messages)
  }
}

import { describeCapture } from '../capture/describe-capture.ts'
import { CaptureKind } from '../capture/recognise.ts'
import { generateInMemory } from '../generate/memory-session.ts'
import { Sureness } from '../protocol/protocol.ts'
import { DATAGRAM_PROTOCOLS, FILE_PROTOCOLS, STREAM_PROTOCOLS } from '../protocol/registry.ts'
import { generateDecoders } from '../sbe/generate.ts'
import { parseSchema } from '../sbe/parse-schema.ts'
import { containerTarget, gzipTarget, messageFileTarget, zstdTarget } from './file-targets.ts'
import { frameTarget } from './frame-target.ts'
import { makeIex, makeMdp3, makeMold, makePitch } from './made-datagrams.ts'
import { makeDbn, makeDbnMetadata, makeGzip, makePitchText, makeSoup, makeZstd } from './made-files.ts'
import { makeFrames } from './made-frames.ts'
import { MADE_SCHEMA, SMALL_SCHEMA } from './made-schema.ts'
import { ouchTargets } from './ouch-target.ts'
import { datagramTarget, streamTarget } from './packet-target.ts'
import { SeedHarvest } from './seed-harvest.ts'
import { sessionTargets } from './session-target.ts'
import type { FuzzTarget } from './target.ts'
import { textTarget } from './text-target.ts'

/** Few enough that a mutation costs microseconds, enough for some messages, frames or blocks. */
const RAW_BYTES = 600
const PACKED_BYTES = 200
const CONTAINER_BYTES = 900
const PCAP_HEADER = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')

/**
 * Everything that reads bytes from outside: each protocol of the registry, frames, containers, compression, order entry with its
 * sessions, schemas.
 * @param paths capture files whose contents the mutations begin with, too
 * @throws CaptureError when one of them is no capture
 */
export function listFuzzTargets(paths: readonly string[]): FuzzTarget[] {
  const harvest = new SeedHarvest()
  for (const path of paths) harvest.addFile(describeCapture(path))
  const { raw, capture } = generateInMemory({ seed: 11, symbols: 2, messages: 2000 })
  const datagrams = [...makeMold(), ...makeIex(), ...makeMdp3(), ...makePitch()]
  const messages = splitRaw(raw, 30)
  const soup = makeSoup(messages)
  const frames = makeFrames(datagrams, soup[0]!)
  const pitch = makePitch()
  const files: Readonly<Record<string, readonly Uint8Array[]>> = {
    itch50: [raw.subarray(0, RAW_BYTES)],
    pitch: makePitchText(),
    dbn: withMetadata(makeDbn()),
  }
  const seedsOf = (name: string, made: readonly Uint8Array[]) => [...made, ...harvest.of(name)]
  return [
    ...DATAGRAM_PROTOCOLS.map((protocol) => {
      // Those that it takes for its own; of the feeds that are only followed, any of their transport.
      const own = datagrams.filter((bytes) => protocol.recognise(bytes, 0, bytes.length, false) !== Sureness.No)
      return datagramTarget(protocol, seedsOf(protocol.name, own.length > 0 ? own : makeMold()))
    }),
    ...STREAM_PROTOCOLS.map((protocol) => {
      const name = `${protocol.name}-stream`
      return streamTarget(protocol, seedsOf(name, [...soup, ...pitch, Buffer.concat(pitch)]))
    }),
    frameTarget(seedsOf('frames', frames)),
    ...FILE_PROTOCOLS.map((protocol) => {
      const name = `${protocol.name}-file`
      return messageFileTarget(protocol, seedsOf(name, files[protocol.name] ?? [raw.subarray(0, RAW_BYTES)]))
    }),
    containerTarget('pcap', CaptureKind.Pcap, seedsOf('pcap', [makePcap(frames)])),
    containerTarget('pcapng', CaptureKind.PcapNg, seedsOf('pcapng', [capture.subarray(0, CONTAINER_BYTES)])),
    gzipTarget(seedsOf('gzip', makeGzip(raw.subarray(0, PACKED_BYTES)))),
    zstdTarget(seedsOf('zstd', makeZstd(raw.subarray(0, PACKED_BYTES)))),
    ...ouchTargets(),
    ...sessionTargets(),
    textTarget('sbe-schema', [SMALL_SCHEMA, MADE_SCHEMA], compileSchema),
  ]
}

function compileSchema(text: string): unknown {
  return [...generateDecoders(parseSchema(text, 'fuzz.xml'), { source: 'fuzz.xml' }).values()]
}

/** Fragments, and some of them behind metadata. */
function withMetadata(fragments: readonly Uint8Array[]): Uint8Array[] {
  return [...makeDbnMetadata().map((metadata, index) => Buffer.concat([metadata, fragments[index]!])), ...fragments]
}

/** The first messages of raw ITCH. */
function splitRaw(raw: Uint8Array, count: number): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let at = 0; messages.length < count; ) {
    const length = (raw[at]! << 8) | raw[at + 1]!
    messages.push(raw.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return messages
}

/** A classic pcap of some frames, a microsecond apart. */
function makePcap(frames: readonly Uint8Array[]): Buffer {
  const records = frames.slice(0, 6).flatMap((frame, index) => {
    const header = Buffer.alloc(16)
    header.writeUInt32LE(1_700_000_000, 0)
    header.writeUInt32LE(index, 4)
    header.writeUInt32LE(frame.length, 8)
    header.writeUInt32LE(frame.length, 12)
    return [header, frame]
  })
  return Buffer.concat([PCAP_HEADER, ...records])
}

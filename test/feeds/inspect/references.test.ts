import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CaptureError } from '../../../feeds/capture/capture-error.ts'
import { type CaptureFacts, inspectCapture } from '../../../feeds/inspect/inspect-capture.ts'
import { findCaptures } from '../../support/captures.ts'
import { buildReaderThread, temporaryFolder } from '../support/drain.ts'
import {
  type Comparison,
  compareDbn,
  compareFrames,
  compareIex,
  compareItch50,
  compareMdp3,
  comparePitch,
  type Facts,
  type Reference,
} from './support/reference-facts.ts'

const captures = findCaptures()
const threadUrl = buildReaderThread(temporaryFolder())

/** Folders whose messages are decoded, and what their references are compared by. */
const DECODED: Readonly<Record<string, (facts: CaptureFacts, reference: Reference) => Comparison>> = {
  'nasdaq-itch50': compareItch50,
  iex: compareIex,
  'cme-mdp3': compareMdp3,
  'cboe-pitch': comparePitch,
  dbn: compareDbn,
}

interface Deviation {
  readonly file: string
  readonly reason: string
  /** The facts that differ, as the inspection gives them. */
  readonly found: Facts
  readonly undecoded?: Readonly<Record<string, number>>
}

const REALTIME = {
  session: 'unit 1 port 32001',
  packets: 375,
  messages: 40,
  heartbeats: 356,
  firstSequence: '1',
  lastSequence: '42',
  duplicates: 0,
}

const LOOP = { firstSequence: '2', lastSequence: '4', messages: 3, packets: 3, duplicates: 0, missing: 0 }

/** Every fact in which an inspection by default differs from a reference. */
const DEVIATIONS: readonly Deviation[] = [
  {
    file: 'cboe-pitch/bats_mcastpitch_realtime_useq.pcap',
    reason:
      'heartbeats name message 1 for a minute before message 3 comes: two are missing, which the reference does not ' +
      'count. The second flow has nothing but heartbeats, which tell too little (--feed pitch takes them in).',
    found: { sessions: [{ ...REALTIME, missing: 2 }] },
    undecoded: { unknownProtocol: 364 },
  },
  {
    file: 'cboe-pitch/omi/Cboe_Futures.DepthOfBook.Pitch.v1.1.6/Heartbeat.pcap',
    reason: 'one heartbeat is all that there is: it tells too little.',
    found: { sessions: [] },
    undecoded: { unknownProtocol: 1 },
  },
  {
    file: 'cme-mdp3/omi/cpp-packets_example.pcap',
    reason: 'the loop of definitions begins anew at packet 1: its numbers go on counting, 2 to 4 instead of 2, 3, 1.',
    found: { sessions: [LOOP] },
  },
  {
    file: 'iex/omi/Iex_DeepPlus.IexTp.1.0.2/all_message_types.pcap',
    reason:
      'single packets put together by the publisher, running backwards in time: all but one lie before the first ' +
      'message of the session and are too early; the reference decodes each packet for itself.',
    found: {
      messages: { iexDeepPlus: { B: 1 } },
      sequenced: 1,
      nextSequence: 59_331,
      missing: 0,
      repeated: 446,
      restarts: 0,
    },
  },
]

/** What a file is refused with; everything else is described. */
const REFUSED: readonly (readonly [path: RegExp, what: RegExp])[] = [
  [/^moldudp64\//, /MoldUDP64 packets without the datagrams/],
  [/^cme-mdp3\/schema\//, /an SBE schema/],
  [/^(crypto|lobster|mbo-csv)\//, /this is no capture file: .{40}/],
]

const FILES =
  captures === undefined
    ? []
    : readdirSync(captures, { recursive: true, encoding: 'utf8' })
        .filter((path) => existsSync(join(captures, `${path}.expected.json`)))
        .sort()

function inspect(path: string): Promise<CaptureFacts> {
  return inspectCapture(join(captures!, path), { threadUrl })
}

describe.runIf(captures !== undefined)('the inspection, by default, of every reference capture', () => {
  const described = FILES.filter((path) => !REFUSED.some(([pattern]) => pattern.test(path)))
  const compared = described.filter((path) => path.split('/')[0]! in DECODED)

  it('finds them', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(374)
    for (const { file } of DEVIATIONS) expect(compared).toContain(file)
  })

  it.each(compared)('%s: what the reference says', async (path) => {
    const reference: Reference = JSON.parse(readFileSync(join(captures!, `${path}.expected.json`), 'utf8'))
    const facts = await inspect(path)
    const frames = compareFrames(facts, reference)
    expect(frames.found).toEqual(frames.expected)
    const { found, expected } = DECODED[path.split('/')[0]!]!(facts, reference)
    const deviation = DEVIATIONS.find(({ file }) => file === path)
    expect(found).toEqual({ ...expected, ...deviation?.found })
    // Messages about orders that were added before the capture began.
    const { unknownOrder = 0, ...undecoded } = facts.undecoded
    expect(undecoded).toEqual(deviation?.undecoded ?? (reference.decoded === undefined ? { unknownStream: 1 } : {}))
    expect(Object.values(facts.undecodedTypes).reduce((sum, count) => sum + count, 0)).toBe(unknownOrder)
  })

  it('of other feeds tells their frames, and why nothing was decoded', { timeout: 300_000 }, async () => {
    for (const path of described.filter((other) => !compared.includes(other))) {
      const reference: Reference = JSON.parse(readFileSync(join(captures!, `${path}.expected.json`), 'utf8'))
      const facts = await inspect(path)
      const frames = compareFrames(facts, reference)
      expect(frames.found, path).toEqual(frames.expected)
      const isTold = Object.keys(facts.messages).length > 0 || Object.keys(facts.undecoded).length > 0
      expect(isTold, path).toBe(true)
    }
  })

  it('refuses what is no capture, saying what it is', async () => {
    for (const path of FILES.filter((file) => !described.includes(file))) {
      const what = REFUSED.find(([pattern]) => pattern.test(path))![1]
      const error: unknown = await inspect(path).catch((thrown: unknown) => thrown)
      expect(error, path).toBeInstanceOf(CaptureError)
      expect((error as CaptureError).message, path).toMatch(what)
    }
  })
})

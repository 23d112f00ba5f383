import { gzipSync } from 'node:zlib'
import { LENGTH_UNIT_BYTES, RecordAt } from '../dbn/layout.ts'
import { MetadataAt, PRELUDE_BYTES } from '../dbn/metadata-layout.ts'
import { LAYOUT_VERSION } from '../dbn/record-lengths.ts'
import { SoupHeader, SoupType } from '../soupbintcp/layout.ts'

/**
 * Compressed blocks, as zstd 1.5 wrote them of words of four letters: repeated ones, with raw literals; levels 3 and 19, with literals in
 * a Huffman code and tables of the codes of sequences.
 */
const ZSTD_FRAMES = [
  '28b52ffd0458ed0000504142434458595a58595a070020818b01360b80051703641263ce110182b2a68e',
  '28b52ffd0458d5050062090b05e00f69400860eb85c8711693410d93046884428e664ed56ee751414530188797439da20184' +
    'd14a1588021c3c2020026290a37c26254c6b072e1ac3354028005985072f6403a10f0f88508b18e804d348b0af23b61a77d8' +
    '20d299cf73c02768f7c61ba579836740cad671833c4ee984c701e656df1e0cc78043e03c22b80117d864c6d533871bda09a3' +
    '38896d2002d68006ed8f699ae3600b3a79e0026e2eec2573847750917d256ed88cd94a72e1cd24e2c5af79b8458004bacb',
  '28b52ffd006805040056201f06e0e9bb0104011c001e001b00d7f6f8190d625ca48a2257b1140ba02f04fa63d1d70bb0f035' +
    '621c9f408bde3d0cfc86048a86b8d6b026d059bd507ac4838e754d48abc3b14601150d66e8ef8f2f7b2e672caeb1eee361d1' +
    'a016506007fa707df721a3687384af8bc6d7b6447cee1938de978ad8f3fcdc75176658a100',
]

const SYMBOL_FIELD_BYTES = 71

/** Records of every type and layout of DBN, as a fragment without metadata. */
export function makeDbn(): Buffer[] {
  const records: Buffer[] = []
  for (let key = 0; key < LAYOUT_VERSION.length; key++) {
    if (LAYOUT_VERSION[key] === 0) continue
    const record = Buffer.alloc((key & 255) * LENGTH_UNIT_BYTES, 1)
    record[RecordAt.Length] = key & 255
    record[RecordAt.Type] = key >> 8
    records.push(record)
  }
  return Array.from({ length: Math.ceil(records.length / 4) }, (_, i) => Buffer.concat(records.slice(4 * i, 4 * i + 4)))
}

/** The metadata of versions 2 and 3: two symbols, one of which is mapped for a day. */
export function makeDbnMetadata(): Buffer[] {
  const symbol = (text: string) => Buffer.from(text.padEnd(SYMBOL_FIELD_BYTES, '\0'))
  const count = (value: number) => Buffer.from([value, 0, 0, 0])
  const day = Buffer.alloc(8)
  day.writeUInt32LE(20_250_115, 0)
  day.writeUInt32LE(20_250_116, 4)
  const lists = [count(2), symbol('ESH5'), symbol('NQH5'), count(0), count(1), symbol('NQH5')]
  const mappings = [count(1), symbol('ESH5'), count(1), day, symbol('5602')]
  return [2, 3].map((version) => {
    const fixed = Buffer.alloc(MetadataAt.Lists)
    fixed.write('DBN')
    fixed[MetadataAt.Version] = version
    fixed.write('GLBX.MDP3', PRELUDE_BYTES)
    fixed.writeUInt16LE(SYMBOL_FIELD_BYTES, MetadataAt.SymbolBytes)
    const metadata = Buffer.concat([fixed, ...lists, ...mappings])
    metadata.writeUInt32LE(metadata.length - PRELUDE_BYTES, MetadataAt.Length)
    return metadata
  })
}

/** Lines of the text format of PITCH. */
export function makePitchText(): Buffer[] {
  const id = '1K27GA00000Y'
  const lines = [
    `28800168A${id}S000100AAPL  0001831900Y`,
    `28800169E${id}0000501K27GA00001Z`,
    `28800170X${id}000050`,
    `28800171P${id}B000300SPY   00013098001K27GA00002A`,
    `28800172d${id}B000100AAPL    0001831900YMPID `,
    '28800173B1K27GA00002A',
    '28800174HAAPL    TX  ',
    '28800175sAAPL    ',
  ]
  return [Buffer.from(`${lines.join('\n')}\n`), Buffer.from(`${lines.map((line) => `S${line}`).join('\r\n')}\r\n`)]
}

/** SoupBinTCP packets: a login, then messages in sequence. */
export function makeSoup(messages: readonly Uint8Array[]): Buffer[] {
  const packet = (type: number, body: Uint8Array) => {
    const header = Buffer.alloc(SoupHeader.Bytes)
    header.writeUInt16BE(1 + body.length)
    header[SoupHeader.Type] = type
    return Buffer.concat([header, body])
  }
  const login = packet(SoupType.LoginAccepted, Buffer.from(`FUZZ      ${'1'.padStart(20)}`))
  const data = messages.map((message) => packet(SoupType.SequencedData, message))
  return [Buffer.concat([login, ...data]), Buffer.concat(data)]
}

/** gzip members of three kinds of blocks. */
export function makeGzip(content: Uint8Array): Buffer[] {
  return [gzipSync(content), gzipSync(content, { level: 1 }), gzipSync(content.subarray(0, 100), { level: 0 })]
}

/** zstd frames of stored and of repeated blocks (RFC 8878, sections 3.1.1.1 and 3.1.1.2), without checksums, and compressed ones. */
export function makeZstd(content: Uint8Array): Buffer[] {
  const header = Buffer.from('28b52ffd0038', 'hex')
  const block = (kind: number, size: number, isLast: boolean) => {
    const word = (size << 3) | (kind << 1) | (isLast ? 1 : 0)
    return Buffer.from([word & 255, (word >> 8) & 255, word >> 16])
  }
  const half = content.length >> 1
  return [
    ...ZSTD_FRAMES.map((frame) => Buffer.from(frame, 'hex')),
    Buffer.concat([
      header,
      block(0, half, false),
      content.subarray(0, half),
      block(0, content.length - half, true),
      content.subarray(half),
    ]),
    Buffer.concat([header, block(1, 500, false), Buffer.from([7]), block(0, half, true), content.subarray(0, half)]),
  ]
}

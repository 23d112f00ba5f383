import { gzipSync } from 'node:zlib'
import { LENGTH_UNIT_BYTES, RecordAt } from '../dbn/layout.ts'
import { LAYOUT_VERSION } from '../dbn/record-lengths.ts'
import { SoupHeader, SoupType } from '../soupbintcp/layout.ts'

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

/** zstd frames of stored and of repeated blocks (RFC 8878, sections 3.1.1.1 and 3.1.1.2), without checksums. */
export function makeZstd(content: Uint8Array): Buffer[] {
  const header = Buffer.from('28b52ffd0038', 'hex')
  const block = (kind: number, size: number, isLast: boolean) => {
    const word = (size << 3) | (kind << 1) | (isLast ? 1 : 0)
    return Buffer.from([word & 255, (word >> 8) & 255, word >> 16])
  }
  const half = content.length >> 1
  return [
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

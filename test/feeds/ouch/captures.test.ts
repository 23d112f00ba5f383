import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OuchFault } from '../../../feeds/ouch/faults.ts'
import { OuchField, OuchMessage, OuchText } from '../../../feeds/ouch/message.ts'
import { OptionTag } from '../../../feeds/ouch/option-layout.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../../../feeds/ouch/versions.ts'
import { findCaptures } from '../../support/captures.ts'

const captures = findCaptures()
const codecs = createOuchCodecs(OuchVersion.V50)
const older = createOuchCodecs(OuchVersion.V42)

/** The streams of a reference: each one packet of SoupBinTCP. */
function readPackets(path: string): { type: string; message: Buffer }[] {
  const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
  return (Object.values(decoded.soupbintcp) as { stream_hex: string }[]).map(({ stream_hex }) => {
    const bytes = Buffer.from(stream_hex, 'hex')
    expect(bytes.readUInt16BE(0)).toBe(bytes.length - 2)
    return { type: bytes.toString('latin1', 2, 3), message: bytes.subarray(3) }
  })
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => existsSync(`${path}.expected.json`))
}

function decode(name: string): OuchMessage {
  const folder = join(captures!, 'ouch-soupbintcp', 'omi', 'Nasdaq_Nasdaq.Nsm.Ouch.v5.0')
  const [{ type, message }] = readPackets(join(folder, `${name}.pcap`)) as [{ type: string; message: Buffer }]
  const codec = type === 'S' ? codecs.responses : codecs.requests
  const read = new OuchMessage()
  expect(codec.decode(message, 0, message.length, read)).toBe(OuchFault.None)
  const again = new Uint8Array(OUCH_BYTES_MAX)
  const length = codec.encode(read, again, 0)
  expect(Buffer.from(again.subarray(0, length)).toString('hex'), name).toBe(message.toString('hex'))
  return read
}

function pick({ numbers }: OuchMessage, ...fields: OuchField[]): number[] {
  return fields.map((field) => numbers[field]!)
}

describe.runIf(captures !== undefined)('real packets with OUCH', { timeout: 30_000 }, () => {
  it('of Nasdaq are read and written again, byte for byte', () => {
    const files = listFiles(join(captures!, 'ouch-soupbintcp')).filter((path) => path.includes('/Nasdaq_'))
    expect(files.length).toBe(4)
    for (const path of files) decode(path.replace(/^.*\/(\w+)\.pcap$/, '$1'))
  })

  it('hold an order to sell 225 CVLT short at 63.02, with its firm', () => {
    const order = decode('EnterOrderMessage')
    expect(String.fromCharCode(order.type)).toBe('O')
    expect(order.getText(OuchText.Symbol, 8)).toBe('CVLT')
    expect(order.getText(OuchText.Token, 14)).toBe('H8FUB8IV')
    expect(order.getText(OuchText.Firm, 4)).toBe('LIME')
    expect(order.options).toBe(1 << OptionTag.Firm)
    const { UserRefNum, Side, Shares, Price, TimeInForce, Display, Capacity, Sweep, CrossType } = OuchField
    const codes = [0x30, 0x59, 0x41, 0x4e, 0x4e]
    const found = pick(order, UserRefNum, Side, Shares, Price, TimeInForce, Display, Capacity, Sweep, CrossType)
    expect(found).toEqual([0x71, 0x54, 225, 630_200, ...codes])
  })

  it('hold the acceptance of an order with its weight at the best price', () => {
    const accepted = decode('OrderAcceptedMessage')
    const { Timestamp, UserRefNum, Shares, Price, ReferenceHigh, ReferenceLow, BboWeight, OrderState } = OuchField
    expect(pick(accepted, Timestamp, UserRefNum, Shares, Price)).toEqual([0x289b4d64af87, 0x753a8d, 40, 0x48e748])
    expect(pick(accepted, ReferenceHigh, ReferenceLow, BboWeight, OrderState)).toEqual([0, 0xf56b4f5, 0x30, 0x4c])
    expect(accepted.options).toBe((1 << OptionTag.Firm) | (1 << OptionTag.BboWeight))
  })

  it('hold a cancel and its confirmation', () => {
    const { Timestamp, UserRefNum, Shares, Reason } = OuchField
    expect(pick(decode('CancelOrderMessage'), UserRefNum, Shares)).toEqual([0x752e71, 0])
    const cancelled = decode('CanceledMessage')
    expect(pick(cancelled, Timestamp, UserRefNum, Shares, Reason)).toEqual([0x289b4d681317, 0x753a8d, 40, 0x55])
  })

  it('of another exchange are refused by their lengths', () => {
    const message = new OuchMessage()
    const files = listFiles(join(captures!, 'ouch-soupbintcp')).filter((path) => path.includes('/Jnx_'))
    expect(files.length).toBe(4)
    for (const path of files) {
      for (const { type, message: bytes } of readPackets(path)) {
        if (type !== 'S' && type !== 'U') continue
        for (const { requests, responses } of [codecs, older]) {
          const codec = type === 'S' ? responses : requests
          expect(codec.decode(bytes, 0, bytes.length, message), path).toBeGreaterThan(OuchFault.None)
        }
      }
    }
  })
})

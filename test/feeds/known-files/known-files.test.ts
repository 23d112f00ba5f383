import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { describeKnownFile } from '../../../feeds/known-files/known-files.ts'
import { findCaptures } from '../../support/captures.ts'
import { temporaryFolder, writeTemporary } from '../support/drain.ts'

const captures = findCaptures()
const folder = temporaryFolder()

function refuse(path: string): { code: string; message: string } {
  try {
    openFeed(path)
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error(`${path} was opened`)
}

describe.runIf(captures !== undefined)('files of formats that are not read', () => {
  it.each([
    ['mbo-csv', /Databento records as CSV.*DBN/],
    ['lobster', /a LOBSTER (message|order book) file/],
    ['crypto', /(as hftbacktest records them|as cryptofeed records them)/],
    ['moldudp64', /MoldUDP64 packets without the datagrams/],
    ['cme-mdp3/schema', /an SBE schema/],
  ])('in %s are refused with what they are and why', (name, what) => {
    const names = readdirSync(join(captures!, name)).filter((file) => !file.endsWith('.expected.json'))
    expect(names.length).toBeGreaterThan(0)
    for (const file of names) {
      const { code, message } = refuse(join(captures!, name, file))
      expect(code).toBe('capture-unrecognised')
      expect(message, file).toMatch(what)
    }
  })
})

describe('a file that is not read', () => {
  it.each([
    ['DBN\x09rest', /version that is not known/],
    ['PK\x03\x04', /zip archive; unpack/],
    ['\xfd7zXZ\x00', /xz-compressed/],
    ['BZh91AY', /bzip2-compressed/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:00', /Git LFS pointer/],
    ['<!DOCTYPE html><html><body>404', /web page/],
    ['<?xml version="1.0"?><orders/>', /an XML document/],
    ['PAR1', /Parquet/],
    ['snoop\x00\x00\x00', /snoop capture.*editcap/],
    ['{"stream":"btcusdt@trade"}', /JSON/],
    [`${'\0'.repeat(257)}ustar`, /tar archive/],
  ])('%j is named, compressed or not', (text, what) => {
    const bytes = Buffer.from(text, 'latin1')
    expect(refuse(writeTemporary(folder, 'plain', bytes)).message).toMatch(what)
    expect(refuse(writeTemporary(folder, 'packed', gzipSync(bytes))).message).toMatch(what)
  })

  it('of no known kind is told by its first bytes', () => {
    const { message } = refuse(writeTemporary(folder, 'text', Buffer.from('hello, this is a text')))
    expect(message).toMatch(/begins with 68656c6c6f2c2074/)
  })

  it('is looked at without harm, whatever its bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void describeKnownFile(bytes)))
  })
})

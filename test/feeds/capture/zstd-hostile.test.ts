import { describe, expect, it } from 'vitest'
import { BufferSource } from '../../../feeds/capture/byte-source.ts'
import { ByteWindow } from '../../../feeds/capture/byte-window.ts'
import { Unzstd } from '../../../feeds/capture/unzstd.ts'
import { BLOCK_BYTES_MAX } from '../../../feeds/capture/zstd-layout.ts'

/** A frame that names a window of 128 MiB, and holds blocks of one byte each. */
function makeTinyBlocks(count: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3])
  const blocks = Array.from({ length: count }, (_, i) =>
    Buffer.from([(1 << 3) | (i === count - 1 ? 1 : 0), 0, 0, i & 255]),
  )
  return Buffer.concat([header, ...blocks])
}

function open(packed: Uint8Array): Unzstd {
  const window = new ByteWindow(2 * BLOCK_BYTES_MAX)
  window.open(new BufferSource(packed))
  return new Unzstd(window)
}

describe('a zstd file made to be slow', () => {
  it('costs as much as it holds, whatever window it names: a test of its deadline', () => {
    const unzstd = open(makeTinyBlocks(50_000))
    const before = process.memoryUsage().arrayBuffers
    let bytes = 0
    for (let output = unzstd.next(); output !== undefined; output = unzstd.next()) bytes += output.length
    expect(unzstd.failure).toBeUndefined()
    expect(bytes).toBe(50_000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 24)
  })

  it('of many empty frames comes to its end', () => {
    const empty = Buffer.from('28b52ffd0038010000', 'hex')
    const unzstd = open(Buffer.concat(Array.from({ length: 20_000 }, () => empty)))
    expect(unzstd.next()).toBeUndefined()
    expect(unzstd.failure).toBeUndefined()
  })
})

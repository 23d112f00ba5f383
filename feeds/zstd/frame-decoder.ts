import { BLOCK_BYTES_MAX, BlockType } from '../capture/zstd-layout.ts'
import { PADDING_BYTES } from './bits.ts'
import { History } from './history.ts'
import { Literals } from './literals.ts'
import { Sequences } from './sequences.ts'

/**
 * Decodes the blocks of zstd frames, whose headers others have read. Nothing throws, and nothing is read beyond a block: what is
 * not as the format says is a failure. Bound of memory: what the frame has really held, up to two windows and two blocks.
 * Source: RFC 8878, section 3.1.1.2.
 */
export class FrameDecoder {
  /** Why `decode` has failed. */
  failure = ''
  readonly #history = new History()
  readonly #literals = new Literals()
  readonly #sequences = new Sequences()
  /** The block at hand, with room behind it for loads of whole words. */
  readonly #block = new Uint8Array(BLOCK_BYTES_MAX + PADDING_BYTES)

  /** A frame begins. */
  begin(windowBytes: number): void {
    this.#history.reset(windowBytes)
    this.#literals.reset()
    this.#sequences.reset()
  }

  /**
   * Decodes one block.
   * @param size as in its header: of a repeated byte, how often; else bytes of its contents, at most BLOCK_BYTES_MAX
   * @param at of its contents
   * @returns its decompressed bytes, good until the next block; undefined when it is damaged
   */
  decode(type: BlockType, size: number, bytes: Uint8Array, at: number): Uint8Array | undefined {
    const history = this.#history
    history.makeRoom()
    const from = history.end
    if (type === BlockType.Raw) {
      history.bytes.set(bytes.subarray(at, at + size), from)
      history.end += size
    } else if (type === BlockType.Repeat) {
      history.bytes.fill(bytes[at]!, from, from + size)
      history.end += size
    } else if (!this.#decompress(bytes, at, size)) return undefined
    return history.bytes.subarray(from, history.end)
  }

  #decompress(bytes: Uint8Array, at: number, size: number): boolean {
    const block = this.#block
    if (size === 0) return this.#fail('a compressed block is empty')
    block.set(bytes.subarray(at, at + size))
    block.fill(0, size, size + PADDING_BYTES)
    const literalBytes = this.#literals.read(block, 0, size)
    if (literalBytes < 0) return this.#fail(this.#literals.failure)
    if (this.#sequences.run(block, literalBytes, size, this.#literals, this.#history)) return true
    return this.#fail(this.#sequences.failure)
  }

  #fail(what: string): false {
    this.failure = what
    return false
  }
}

import { constants, createGunzip } from 'node:zlib'

const OUTPUT_CHUNK_BYTES = 1 << 17

/**
 * zlib's gzip decompression, fed piece by piece: all output of a piece is handed over before the next is taken, so the
 * place of damage is known to the piece. Several members are one stream (RFC 1952, section 2.2).
 */
export class Gunzipper {
  /** zlib's error, once there is one. */
  failure: Error | undefined
  readonly #gunzip = createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES, flush: constants.Z_SYNC_FLUSH })
  readonly #ended: Promise<void>

  constructor(onOutput: (output: Uint8Array) => void) {
    this.#gunzip.on('data', onOutput)
    this.#ended = new Promise((resolve) => {
      this.#gunzip.once('end', resolve)
      this.#gunzip.once('error', (error: Error) => {
        this.failure = error
        resolve()
      })
    })
  }

  /** @returns false when the piece is damaged */
  async feed(piece: Uint8Array): Promise<boolean> {
    await Promise.race([new Promise<void>((resolve) => this.#gunzip.write(piece, () => resolve())), this.#ended])
    while (this.failure === undefined && this.#gunzip.readableLength > 0) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    return this.failure === undefined
  }

  /** Tells that no more pieces come. @returns false when the stream is not at the end of a member */
  async finish(): Promise<boolean> {
    this.#gunzip.end()
    await this.#ended
    return this.failure === undefined
  }

  close(): void {
    this.#gunzip.destroy()
  }
}

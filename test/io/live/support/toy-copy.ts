import { SequencedLog } from '../../../../feeds/soupbintcp/session/sequenced-log.ts'
import { SoupConnection } from '../../../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../../../feeds/soupbintcp/session/server-logins.ts'
import type { ByteStream } from '../../../../kernels/io/entry/byte-stream.ts'
import { streamOf } from './feed-server.ts'

const COPIED = 'AUE'

/** A drop copy of what a toy venue says: acceptances, replacements and executions, as the test lets them through. */
export class ToyCopy {
  readonly log = new SequencedLog(1 << 20, 10_000)
  /** What becomes of the next message of a type: none, one or more in its place. */
  tamper: (bytes: Buffer) => readonly Buffer[] = (bytes) => [bytes]
  /** Whether logins are refused. */
  isRefusing = false
  #connection: SoupConnection | undefined
  #stream: ByteStream | undefined
  readonly #source: SequencedLog
  #copied = 0
  #nowNs = 0

  constructor(source: SequencedLog) {
    this.#source = source
  }

  readonly connect = (): ByteStream => {
    const password = this.isRefusing ? 'other' : 'copy'
    const logins = new SoupLogins('COPY', [{ username: 'FIRM', password, log: this.log }])
    this.#connection = new SoupConnection(logins)
    this.#connection.clock.nowNs[0] = this.#nowNs
    this.#connection.connected()
    this.#stream = streamOf(this.#connection)
    return this.#stream
  }

  cut(): void {
    this.#stream?.close()
  }

  say(...messages: readonly Buffer[]): void {
    for (const bytes of messages) this.log.append(bytes, 0, bytes.length)
  }

  step(nowNs: number): void {
    this.#nowNs = nowNs
    for (; this.#copied < this.#source.count; this.#copied++) {
      const at = this.#source.startOf(this.#copied + 1)
      const bytes = Buffer.from(this.#source.bytes.slice(at, at + this.#source.lengthOf(this.#copied + 1)))
      if (COPIED.includes(String.fromCharCode(bytes[0]!))) this.say(...this.tamper(bytes))
    }
    if (this.#connection === undefined) return
    this.#connection.clock.nowNs[0] = nowNs
    this.#connection.tick()
  }
}

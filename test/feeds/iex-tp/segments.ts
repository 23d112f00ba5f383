/** Builders of IEX-TP segments for tests, written from the published layout: independent of the product's. */

export interface SegmentOptions {
  readonly protocol?: number
  readonly channel?: number
  readonly session?: number
  readonly offset?: bigint
  readonly sendNs?: bigint
  /** Differ from the truth only where a test says so. */
  readonly count?: number
  readonly payloadBytes?: number
  readonly version?: number
}

export const DEEP = 0x8004
export const START_NS = 1_696_246_474_223_823_730n

/** A segment whose first message has the sequence number. */
export function segment(sequence: bigint, messages: readonly Buffer[], options: SegmentOptions = {}): Buffer {
  const payload = Buffer.concat(
    messages.map((message) => {
      const length = Buffer.alloc(2)
      length.writeUInt16LE(message.length)
      return Buffer.concat([length, message])
    }),
  )
  const header = Buffer.alloc(40)
  header.writeUInt8(options.version ?? 1, 0)
  header.writeUInt16LE(options.protocol ?? DEEP, 2)
  header.writeUInt32LE(options.channel ?? 1, 4)
  header.writeUInt32LE(options.session ?? 1_286_602_752, 8)
  header.writeUInt16LE(options.payloadBytes ?? payload.length, 12)
  header.writeUInt16LE(options.count ?? messages.length, 14)
  header.writeBigInt64LE(options.offset ?? (sequence - 1n) * 10n, 16)
  header.writeBigInt64LE(sequence, 24)
  header.writeBigInt64LE(options.sendNs ?? START_NS, 32)
  return Buffer.concat([header, payload])
}

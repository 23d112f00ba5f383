/** Builds PITCH messages and blocks for tests: plain code, apart from the decoder's layouts. */

/** A message: length and type in front of its fields. */
export function message(type: number, ...fields: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(fields)
  return Buffer.concat([Buffer.from([payload.length + 2, type]), payload])
}

export function u8(value: number | string): Buffer {
  return Buffer.from([typeof value === 'string' ? value.charCodeAt(0) : value])
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value & 0xffff)
  return bytes
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export function i64(value: bigint | number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytes
}

/** Text, padded with spaces. */
export function text(value: string, width: number): Buffer {
  return Buffer.from(value.padEnd(width))
}

/** Messages behind a unit header. */
export function block(sequence: number, messages: readonly Uint8Array[], unit = 1): Buffer {
  const body = Buffer.concat(messages)
  return Buffer.concat([u16(body.length + 8), u8(messages.length), u8(unit), u32(sequence), body])
}

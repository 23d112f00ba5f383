/**
 * Writes text as UTF-8 (RFC 3629) without a TextEncoder, which a plugin's context has not. Cut before the first character
 * that does not fit; a lone surrogate becomes U+FFFD.
 * @returns bytes written
 */
export function encodeUtf8(text: string, target: Uint8Array, at: number, bytesMax: number): number {
  let used = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code >= 0xd800 && code <= 0xdfff) {
      const low = code < 0xdc00 && i + 1 < text.length ? text.charCodeAt(i + 1) : 0
      if (low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        i++
      } else code = 0xfffd
    }
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (used + bytes > bytesMax) break
    writeCode(code, bytes, target, at + used)
    used += bytes
  }
  return used
}

function writeCode(code: number, bytes: number, target: Uint8Array, at: number): void {
  if (bytes === 1) {
    target[at] = code
    return
  }
  let rest = code
  for (let i = bytes - 1; i > 0; i--) {
    target[at + i] = 0x80 | (rest & 0x3f)
    rest >>= 6
  }
  target[at] = ((0xf00 >> bytes) & 0xff) | rest
}

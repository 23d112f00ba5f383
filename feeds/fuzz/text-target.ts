import { XkError } from '../../kernels/host/xk-error.ts'
import { FieldKind, type FieldList } from './field-list.ts'
import { mix } from './record-digest.ts'
import type { FuzzTarget } from './target.ts'

/** Text is cut out of the input before it is parsed: nothing lies around it, and what is compared is whether it is taken alike. */
const COMPARES_EVERY = 16
const LINE_END = 0x0a

/**
 * A parser of text. What it refuses by an error of the project's own is well; anything else that it throws is a fault.
 * @param parse answers what it made of the text, as JSON can hold it
 */
export function textTarget(name: string, seeds: readonly string[], parse: (text: string) => unknown): FuzzTarget {
  const take = (bytes: Uint8Array, length: number) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('utf8')
    return digestText(parseOrRefuse(text, parse))
  }
  return {
    name,
    seeds: seeds.map((text) => Buffer.from(text)),
    comparesEvery: COMPARES_EVERY,
    isStateless: true,
    findFields: findTextFields,
    open: () => ({ take, report: () => null }),
  }
}

function parseOrRefuse(text: string, parse: (text: string) => unknown): string {
  try {
    return JSON.stringify(parse(text)) ?? ''
  } catch (error) {
    if (!(error instanceof XkError)) throw error
    return `${error.code} ${error.message}`
  }
}

/** A digest of text, every character of it. */
export function digestText(text: string): number {
  let digest = 0
  for (let i = 0; i < text.length; i++) digest = mix(digest, text.charCodeAt(i))
  return digest
}

/** Lines and words are parts; what stands between words (brackets, quotes, dashes) are codes, of which one may stand for another. */
export function findTextFields(input: Uint8Array, fields: FieldList): void {
  let lineAt = 0
  let wordAt = -1
  for (let at = 0; at <= input.length; at++) {
    const byte = at < input.length ? input[at]! : LINE_END
    const isInWord = isWordByte(byte)
    if (isInWord && wordAt < 0) wordAt = at
    if (!isInWord && wordAt >= 0) {
      fields.addPart(wordAt, at)
      wordAt = -1
    }
    if (!isInWord && byte > 0x20 && byte < 0x7f) fields.add(FieldKind.Code, at, 1, false)
    if (byte !== LINE_END) continue
    if (at > lineAt) fields.addPart(lineAt, Math.min(input.length, at + 1))
    lineAt = at + 1
  }
}

/** Digits, letters, and what numbers and names hold besides. */
function isWordByte(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  return isDigit || isLetter || byte === 0x2e || byte === 0x5f
}

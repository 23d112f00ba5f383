import { SaxesParser } from 'saxes'
import { SbeSchemaError } from './schema-error.ts'

/** Elements of the largest schema seen have five digits less one; what is beyond is no schema. */
const ELEMENTS_MAX = 200_000
const DEPTH_MAX = 64

/** An element of a schema with the line it begins on. Names are without their namespace's prefix. */
export interface XmlElement {
  readonly tag: string
  readonly line: number
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Text directly inside, trimmed. */
  readonly text: string
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

/**
 * Parses XML into elements. Bound: ELEMENTS_MAX elements, DEPTH_MAX deep; policy: refused.
 * @param file name for errors
 * @throws SbeSchemaError when the text is not well-formed or too large
 */
export function parseXml(text: string, file: string): XmlElement {
  const parser = new SaxesParser({ position: true })
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  let count = 0
  const fail = (what: string): never => {
    throw new SbeSchemaError(what, { file, line: parser.line, element: open.at(-1)?.tag ?? 'document' })
  }
  parser.on('error', (error) => fail(error.message.replace(/^[^:]*:\d+:\d+: /, '')))
  parser.on('opentag', ({ name, attributes }) => {
    if (++count > ELEMENTS_MAX || open.length >= DEPTH_MAX) fail('the document has too many elements')
    const pairs = Object.entries(attributes).map(([key, value]): [string, string] => [localName(key), value])
    const element = { tag: localName(name), line: parser.line, attributes: new Map(pairs), children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('text', (piece) => {
    const element = open.at(-1)
    if (element !== undefined) element.text = (element.text + piece).trim()
  })
  parser.on('closetag', () => {
    const element = open.pop()
    if (open.length === 0) root = element
  })
  parser.write(text).close()
  return root ?? fail('there is no element')
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

import { relative } from 'node:path'

/** Widest line that any report prints, so that it survives a terminal, a mail and a code review. */
export const LINE_COLUMNS_MAX = 100

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const COLOURS = /(\u001b\[[0-9;]*m)/g
/** The blank at which no line is broken. */
const NO_BREAK = '\u00a0'

export interface Column {
  readonly title: string
  /** Numbers stand right, names left. */
  readonly align?: 'left' | 'right'
}

/**
 * An aligned table, as lines without trailing blanks. Too wide a table loses columns of text from its widest
 * left-aligned cells (cut with "…"), never digits.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], indent = 2): string[] {
  const widths = columns.map((column, index) =>
    Math.max(textColumns(column.title), ...rows.map((row) => textColumns(row[index] ?? ''))),
  )
  shrinkToFit(columns, widths, LINE_COLUMNS_MAX - indent)
  const renderRow = (cells: readonly string[]) =>
    `${' '.repeat(indent)}${columns
      .map((column, index) => padCell(cells[index] ?? '', widths[index]!, column.align ?? 'left'))
      .join('  ')}`.trimEnd()
  return [renderRow(columns.map((column) => column.title)), ...rows.map(renderRow)]
}

/** "name   value" pairs, names aligned to the widest. */
export function renderPairs(pairs: readonly (readonly [string, string])[], indent = 2): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => textColumns(name)))
  return pairs.map(([name, value]) => `${' '.repeat(indent)}${padCell(name, width, 'left')}  ${value}`.trimEnd())
}

/** Breaks text at blanks so that no line passes the limit, unless one word does. */
export function wrapText(text: string, columnsMax: number, firstIndent = '', indent = firstIndent): string[] {
  const lines: string[] = []
  let line = firstIndent
  let isEmpty = true
  for (const word of text.split(' ')) {
    const candidate = isEmpty ? `${line}${word}` : `${line} ${word}`
    if (textColumns(candidate) > columnsMax && !isEmpty) {
      lines.push(line.trimEnd())
      line = `${indent}${word}`
    } else line = candidate
    isEmpty = false
  }
  lines.push(line.trimEnd())
  return lines
}

/** Wraps each line of a text that may have several; what a line is continued with stands four columns further in than it. */
export function wrapLines(text: string, columnsMax: number): string[] {
  return text.split('\n').flatMap((line) => {
    const words = line.trimStart()
    const indent = ' '.repeat(line.length - words.length)
    return wrapText(words, columnsMax, indent, `${indent}    `)
  })
}

/** Items with commas between them, broken between two items only. */
export function wrapItems(items: readonly string[], columnsMax: number, firstIndent: string, indent: string): string[] {
  const joined = items.map((item) => item.replaceAll(' ', NO_BREAK)).join(', ')
  return wrapText(joined, columnsMax, firstIndent, indent).map((line) => line.replaceAll(NO_BREAK, ' '))
}

/** Cuts text to a width, showing that it was cut. */
export function cutText(text: string, columnsMax: number): string {
  return textColumns(text) <= columnsMax ? text : `${[...text].slice(0, Math.max(0, columnsMax - 1)).join('')}…`
}

/** Cuts text that may hold colours to a width; the colours end as they would have. */
export function cutColoured(text: string, columnsMax: number): string {
  if (textColumns(text) <= columnsMax) return text
  let left = Math.max(0, columnsMax - 1)
  // Every other part is a colour sequence.
  const parts = text.split(COLOURS).map((part, index) => {
    if (index % 2 === 1) return part
    const kept = [...part].slice(0, left)
    left -= kept.length
    return kept.join('')
  })
  return `${parts.join('')}…`
}

/** A path as short as it can be said from a folder. */
export function shortenPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short !== '' && short.length < path.length ? short : path
}

/** Cuts a path in the middle: its beginning and its file name say the most. */
export function cutPath(path: string, columnsMax: number): string {
  if (path.length <= columnsMax) return path
  const tailColumns = Math.ceil((columnsMax - 1) * 0.7)
  return `${path.slice(0, columnsMax - 1 - tailColumns)}…${path.slice(path.length - tailColumns)}`
}

/** Columns that text takes: colour sequences take none. */
export function textColumns(text: string): number {
  return [...text.replaceAll(COLOURS, '')].length
}

function padCell(text: string, width: number, align: 'left' | 'right'): string {
  const cut = align === 'left' ? cutText(text, width) : text
  const blanks = ' '.repeat(Math.max(0, width - textColumns(cut)))
  return align === 'right' ? blanks + cut : cut + blanks
}

function shrinkToFit(columns: readonly Column[], widths: number[], columnsMax: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + 2 * (columns.length - 1)
  while (total() > columnsMax) {
    let widest = -1
    for (let i = 0; i < columns.length; i++) {
      if ((columns[i]!.align ?? 'left') !== 'left' || widths[i]! <= 8) continue
      if (widest === -1 || widths[i]! > widths[widest]!) widest = i
    }
    if (widest === -1) return
    widths[widest]! -= 1
  }
}

import { generateAccessors, generateConstant, loadExpression, place } from './accessors.ts'
import { camelCase, NameTable, pascalCase } from './names.ts'
import { type Body, type ByteOrder, type Group, PRIMITIVES, type VariableData } from './schema.ts'

/** Members that every decoder has; a field of such a name gets an underscore. */
const OWN_NAMES = ['view', 'at', 'blockLength', 'version', 'count', 'index', 'end', 'wrap', 'next', 'go', 'constructor']

/** A class to generate: a message, or a group of it. */
export interface ClassPlan {
  readonly className: string
  readonly title: string
  readonly body: Body
  /** Version from which on it is there. */
  readonly sinceVersion: number
  readonly byteOrder: ByteOrder
}

interface Member {
  readonly name: string
  readonly className: string
  readonly group: Group
}

/** Names of a class's groups and data, and its members as lines. */
interface ClassParts {
  readonly groups: readonly Member[]
  readonly data: readonly { readonly name: string; readonly data: VariableData }[]
  readonly lines: readonly string[]
}

/** The classes of a message's groups, inner ones first, each as lines. */
export function generateGroups(plan: ClassPlan): string[] {
  return plan.body.groups.flatMap((group) => {
    const className = `${plan.className}${pascalCase([group.name])}`
    const sinceVersion = Math.max(plan.sinceVersion, group.sinceVersion)
    const title = `Entries of ${group.name} in ${plan.className}.`
    const inner: ClassPlan = { className, title, body: group, sinceVersion, byteOrder: plan.byteOrder }
    return [...generateGroups(inner), ...generateGroup(inner, group, plan.sinceVersion), '']
  })
}

/** The class of a message, as lines. */
export function generateMessageClass(plan: ClassPlan, templateId: number): string[] {
  const parts = planParts(plan)
  const needed = neededBytes(plan)
  return [
    ...docstring(plan),
    `export class ${plan.className} {`,
    `  static readonly TEMPLATE_ID = ${templateId}`,
    ...memberLines(plan, parts),
    '  /** Where the message ends, as far as this version knows it. */',
    '  end = 0',
    '',
    '  /** @returns whether the message fits; nothing may be read otherwise */',
    '  wrap(view: DataView, at: number, blockLength: number, version: number, end: number): boolean {',
    `    if (${needed > 0 ? `blockLength < ${needed} || ` : ''}blockLength > end - at) return false`,
    '    this.view = view',
    '    this.at = at',
    '    this.blockLength = blockLength',
    '    this.version = version',
    ...walkLines(parts, plan, 'at + blockLength', 'false'),
    '    return true',
    '  }',
    ...parts.lines,
    '}',
  ]
}

function generateGroup(plan: ClassPlan, group: Group, outerSince: number): string[] {
  const parts = planParts(plan)
  const isFlat = parts.groups.length === 0 && parts.data.length === 0
  return [
    ...docstring(plan),
    `export class ${plan.className} {`,
    ...memberLines(plan, parts),
    '  count = 0',
    '  /** Of the entry at hand; −1 before the first. */',
    '  index = -1',
    ...(isFlat ? ['  #first = 0'] : ['  /** Where the group ends at the latest. */', '  end = 0', '  #next = 0']),
    '',
    '  /** Begins at the header of the group. @returns where the group ends; −1 when it does not fit */',
    '  wrap(view: DataView, at: number, version: number, end: number): number {',
    ...wrapHeader(plan, group, outerSince),
    ...(isFlat ? wrapFlat() : wrapNested()),
    '  }',
    '',
    ...(isFlat ? nextFlat() : nextNested(parts, plan)),
    ...parts.lines,
    '}',
  ]
}

function wrapHeader(plan: ClassPlan, group: Group, outerSince: number): string[] {
  const { countField, entryBytesField, dimensionBytes } = group
  const needed = neededBytes(plan)
  const load = ({ primitive, offset }: { primitive: typeof countField.primitive; offset: number }) =>
    loadExpression(primitive, place('at', offset), plan.byteOrder)
  return [
    '    this.view = view',
    '    this.version = version',
    '    this.count = 0',
    '    this.index = -1',
    ...(group.sinceVersion > outerSince ? [`    if (version < ${group.sinceVersion}) return at`] : []),
    `    if (at + ${dimensionBytes} > end) return -1`,
    `    const blockLength = ${load(entryBytesField)}`,
    `    const count = ${load(countField)}`,
    `    const first = at + ${dimensionBytes}`,
    `    if (count > 0 && ${needed > 0 ? `(blockLength < ${needed} || ` : ''}count * blockLength > end - first${needed > 0 ? ')' : ''}) return -1`,
    // Entries of no bytes cost nothing on the wire: a count that no message can hold is damage.
    ...(countField.primitive === 'uint32' ? ['    if (count > end - first) return -1'] : []),
    '    this.blockLength = blockLength',
  ]
}

function wrapFlat(): string[] {
  return [
    '    this.count = count',
    '    this.#first = first',
    '    this.at = first - blockLength',
    '    return first + count * blockLength',
  ]
}

function wrapNested(): string[] {
  return [
    '    this.end = end',
    '    let to = first',
    '    for (let i = 0; i < count; i++) {',
    '      to = this.#enter(to)',
    '      if (to < 0) return -1',
    '    }',
    '    this.count = count',
    '    this.#next = first',
    '    return to',
  ]
}

function nextFlat(): string[] {
  return [
    '  /** Moves to the next entry. @returns false behind the last one */',
    '  next(): boolean {',
    '    this.index++',
    '    this.at += this.blockLength',
    '    return this.index < this.count',
    '  }',
    '',
    '  /** Moves to an entry. @returns whether there is such an entry */',
    '  go(index: number): boolean {',
    '    this.index = index',
    '    this.at = this.#first + index * this.blockLength',
    '    return index >= 0 && index < this.count',
    '  }',
  ]
}

function nextNested(parts: ClassParts, plan: ClassPlan): string[] {
  return [
    '  /** Moves to the next entry. @returns false behind the last one */',
    '  next(): boolean {',
    '    this.index++',
    '    if (this.index >= this.count) return false',
    '    this.#next = this.#enter(this.#next)',
    '    return true',
    '  }',
    '',
    '  #enter(at: number): number {',
    '    const { view, version, end } = this',
    '    this.at = at',
    '    if (this.blockLength > end - at) return -1',
    ...walkLines(parts, plan, 'at + this.blockLength', '-1', 'return to'),
    '  }',
  ]
}

/** Finds where the groups and data behind a block begin, and where all of it ends. */
function walkLines(parts: ClassParts, plan: ClassPlan, start: string, failed: string, last?: string): string[] {
  const isEmpty = parts.groups.length === 0 && parts.data.length === 0
  if (isEmpty) return [`    this.end = ${start}`]
  const lines = [`    let to = ${start}`]
  for (const { name } of parts.groups) {
    lines.push(`    to = this.${name}.wrap(view, to, version, end)`, `    if (to < 0) return ${failed}`)
  }
  for (const { name, data } of parts.data) lines.push(...dataLines(name, data, plan, failed))
  return [...lines, `    ${last ?? 'this.end = to'}`]
}

function dataLines(name: string, data: VariableData, plan: ClassPlan, failed: string): string[] {
  const { lengthField, headerBytes, sinceVersion } = data
  const load = loadExpression(lengthField.primitive, place('to', lengthField.offset), plan.byteOrder)
  const isGuarded = sinceVersion > plan.sinceVersion
  const body = [
    `if (to + ${headerBytes} > end) return ${failed}`,
    `this.${name}At = to + ${headerBytes}`,
    `this.${name}Bytes = ${load}`,
    `to = this.${name}At + this.${name}Bytes`,
    `if (to > end) return ${failed}`,
  ]
  if (!isGuarded) return body.map((line) => `    ${line}`)
  return [
    `    this.${name}At = -1`,
    `    this.${name}Bytes = 0`,
    `    if (version >= ${sinceVersion}) {`,
    ...body.map((line) => `      ${line}`),
    '    }',
  ]
}

function planParts(plan: ClassPlan): ClassParts {
  const names = new NameTable(OWN_NAMES)
  const { block, groups, data } = plan.body
  const members = groups.map((group) => ({
    name: names.take(camelCase([group.name]), (base) => [base]),
    className: `${plan.className}${pascalCase([group.name])}`,
    group,
  }))
  const texts = data.map((item) => ({
    name: names.take(camelCase([item.name]), (base) => [`${base}At`, `${base}Bytes`]),
    data: item,
  }))
  const context = { byteOrder: plan.byteOrder, sinceVersion: plan.sinceVersion, names }
  const lines = block.scalars
    .filter(({ length }) => length > 0)
    .flatMap((scalar) => ['', ...generateAccessors(scalar, context)])
  return { groups: members, data: texts, lines }
}

function memberLines(plan: ClassPlan, parts: ClassParts): string[] {
  const names = new NameTable(['TEMPLATE_ID'])
  return [
    ...plan.body.block.constants.map((constant) => generateConstant(constant, names)),
    ...parts.groups.map(({ name, className }) => `  readonly ${name} = new ${className}()`),
    ...parts.data.flatMap(({ name }) => [`  ${name}At = -1`, `  ${name}Bytes = 0`]),
    '  view: DataView = NO_BYTES',
    '  at = 0',
    '  blockLength = 0',
    '  version = 0',
  ]
}

/** Bytes that every version of the block has: of the fields that were there from the beginning. */
function neededBytes({ body, sinceVersion }: ClassPlan): number {
  const first = body.block.scalars.filter((scalar) => scalar.sinceVersion <= sinceVersion)
  return Math.max(0, ...first.map(({ offset, primitive, length }) => offset + PRIMITIVES[primitive].bytes * length))
}

function docstring({ title, body }: ClassPlan): string[] {
  const rows = body.block.scalars.map(({ offset, primitive, length, path, sinceVersion }) => {
    const type = length === 1 ? primitive : `${primitive}[${length}]`
    const since = sinceVersion === 0 ? '' : `, since ${sinceVersion}`
    return ` *  ${String(offset).padStart(4)}  ${type.padEnd(9)} ${path.join('.')}${since}`
  })
  return rows.length === 0 ? [`/** ${title} */`] : ['/**', ` * ${title}`, ' *', ...rows, ' */']
}

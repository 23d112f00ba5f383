import { nameOf, parseSource, type SyntaxNode, walk } from './syntax.ts'

/** Something that deterministic code may not use. */
export interface BannedUse {
  readonly what: string
  readonly start: number
}

const GLOBALS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'fetch']

function isPropertyName(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined) return false
  if (parent.type === 'MemberExpression') return parent.property === node && parent.computed !== true
  const named = ['Property', 'MethodDefinition', 'PropertyDefinition', 'TSPropertySignature', 'TSMethodSignature']
  return named.includes(parent.type) && parent.key === node && parent.computed !== true && parent.shorthand !== true
}

/** Asking for a given time of a given date is arithmetic; asking for the present is not. */
function isPureDate(parents: readonly SyntaxNode[]): boolean {
  const parent = parents.at(-1)
  if (parent?.type === 'NewExpression') return (parent.arguments as unknown[]).length > 0
  return parent?.type === 'MemberExpression' && nameOf(parent.property) === 'UTC'
}

function banned(node: SyntaxNode, parents: readonly SyntaxNode[]): string | undefined {
  if (node.type === 'MemberExpression') {
    const member = `${nameOf(node.object)}.${nameOf(node.property)}`
    return ['Math.random', 'process.hrtime', 'process.nextTick', 'crypto.randomUUID'].includes(member)
      ? member
      : undefined
  }
  if (node.type !== 'Identifier' || isPropertyName(node, parents.at(-1))) return undefined
  const name = node.name as string
  if (name === 'Date') return isPureDate(parents) ? undefined : 'Date'
  return GLOBALS.includes(name) ? name : undefined
}

/** Uses of clocks, randomness and timers that were not injected. */
export function findAmbient(tree: SyntaxNode): BannedUse[] {
  const found: BannedUse[] = []
  walk(tree, (node, parents) => {
    const isType = parents.some(
      (parent) => parent.type.startsWith('TSType') || parent.type === 'TSInterfaceDeclaration',
    )
    const what = isType ? undefined : banned(node, parents)
    if (what !== undefined) found.push({ what, start: node.start })
  })
  return found
}

/** Uses of promises: code that may be suspended has no place in a step. */
export function findAsync(tree: SyntaxNode): BannedUse[] {
  const found: BannedUse[] = []
  walk(tree, (node, parents) => {
    if (node.async === true) found.push({ what: 'async', start: node.start })
    else if (node.type === 'AwaitExpression') found.push({ what: 'await', start: node.start })
    else if (node.type === 'Identifier' && node.name === 'Promise' && !isPropertyName(node, parents.at(-1))) {
      found.push({ what: 'Promise', start: node.start })
    }
  })
  return found
}

/** The same for a piece of text, to test the rules themselves. */
export function namesIn(text: string): string[] {
  const tree = parseSource(text)
  return [...findAmbient(tree), ...findAsync(tree)].map(({ what }) => what)
}

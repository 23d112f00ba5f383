import { parseAst } from 'vitest/node'
import { readSource } from './source-files.ts'

/** A node of the ESTree syntax tree with TypeScript's additions. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const trees = new Map<string, SyntaxNode>()

/** The syntax tree of a TypeScript file. */
export function parseFile(path: string): SyntaxNode {
  let tree = trees.get(path)
  if (tree === undefined) {
    tree = parseSource(readSource(path))
    trees.set(path, tree)
  }
  return tree
}

/** The syntax tree of TypeScript text. */
export function parseSource(text: string): SyntaxNode {
  return parseAst(text, { lang: 'ts' }) as unknown as SyntaxNode
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'
}

/** The direct children of a node. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode))
    else if (isNode(value)) children.push(value)
  }
  return children
}

/** Visits a node and all below it, parents first. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void): void {
  const descend = (at: SyntaxNode, parents: readonly SyntaxNode[]) => {
    visit(at, parents)
    const below = [...parents, at]
    for (const child of childrenOf(at)) descend(child, below)
  }
  descend(node, [])
}

/** The name of an identifier or the text of a string literal. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Identifier') return node.name as string
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** What a file imports, exports from, or imports dynamically by a literal. */
export function importsOf(tree: SyntaxNode): { readonly specifier: string; readonly start: number }[] {
  const found: { specifier: string; start: number }[] = []
  walk(tree, (node) => {
    const isImport = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression']
    const specifier = isImport.includes(node.type) ? nameOf(node.source) : undefined
    if (specifier !== undefined) found.push({ specifier, start: node.start })
  })
  return found
}

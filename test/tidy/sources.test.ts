import { describe, expect, test } from 'vitest'
import { resolveImports } from './imports.ts'
import { PRODUCT_FILES, placeOf, readSource, TYPESCRIPT_FILES } from './source-files.ts'
import { parseFile, type SyntaxNode, walk } from './syntax.ts'

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70

/** The one home of all record layouts: a table that splitting would scatter. */
const LONG_BY_NATURE = ['kernels/records/catalogue.ts', 'appliance/config/settings.ts']

const ENTRIES: readonly RegExp[] = [
  /\.(main|process|thread|test)\.ts$/,
  /^strategies\/(rehearsal\/)?[^/]+\.ts$/,
  /^vitest\.config\.ts$/,
  // What plugins import, and what is bundled into their context around them.
  /^strategies\/plugin\/define\.ts$/,
  /^strategies\/plugin\/facade\/attach\.ts$/,
]

/** Sources that a file bundles by name, such as a child process of a test: texts that end with a file's own path. */
function filesNamedIn(path: string): string[] {
  const named: string[] = []
  walk(parseFile(path), (node, parents) => {
    const text = node.type === 'Literal' && typeof node.value === 'string' ? node.value : ''
    if (!text.endsWith('.ts') || parents.at(-1)?.type === 'ImportDeclaration') return
    const tail = `/${text.replace(/^(\.\.?\/)*/, '')}`
    const sameFolder = TYPESCRIPT_FILES.filter((file) => `/${file}`.endsWith(tail) && shareArea(file, path))
    named.push(...sameFolder)
  })
  return named
}

/** Whether two files lie under the same two folders, such as test/strategy; what lies at the root may name any. */
function shareArea(left: string, right: string): boolean {
  if (!right.includes('/')) return true
  return left.split('/').slice(0, 2).join('/') === right.split('/').slice(0, 2).join('/')
}

function countLines(path: string, node: SyntaxNode): number {
  return readSource(path).slice(node.start, node.end).split('\n').length
}

describe('every source', () => {
  test(`has at most ${FILE_LINES_MAX} lines`, () => {
    const long = TYPESCRIPT_FILES.filter((path) => !LONG_BY_NATURE.includes(path))
      .map((path) => [path, readSource(path).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > FILE_LINES_MAX)
    expect(long).toEqual([])
  })

  test(`of the product has functions of at most ${FUNCTION_LINES_MAX} lines`, () => {
    const functions = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']
    const long: string[] = []
    for (const path of PRODUCT_FILES) {
      walk(parseFile(path), (node) => {
        if (!functions.includes(node.type)) return
        const lines = countLines(path, node)
        if (lines > FUNCTION_LINES_MAX) long.push(`${placeOf(path, node.start)}: ${lines} lines`)
      })
    }
    expect(long).toEqual([])
  })

  test('is reached from an entry: a command, a process, a thread, a strategy or a test', () => {
    const reached = new Set<string>()
    const pending = TYPESCRIPT_FILES.filter((path) => ENTRIES.some((entry) => entry.test(path)))
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (reached.has(path)) continue
      reached.add(path)
      const targets = [...resolveImports(path).map(({ target }) => target), ...filesNamedIn(path)]
      for (const target of targets) if (TYPESCRIPT_FILES.includes(target ?? '')) pending.push(target!)
    }
    expect(TYPESCRIPT_FILES.filter((path) => !reached.has(path))).toEqual([])
  })

  test('imports files that are there', () => {
    const missing = TYPESCRIPT_FILES.flatMap((path) =>
      resolveImports(path)
        .filter(({ target }) => target?.endsWith('.ts') && !TYPESCRIPT_FILES.includes(target))
        .map(({ target, start }) => `${placeOf(path, start)}: ${target}`),
    )
    expect(missing).toEqual([])
  })
})

/** Declarations that need a docstring: functions, classes and constants that hold functions. */
function exportedCode(tree: SyntaxNode): { statement: SyntaxNode; name: string }[] {
  const found: { statement: SyntaxNode; name: string }[] = []
  for (const statement of tree.body as SyntaxNode[]) {
    if (statement.type !== 'ExportNamedDeclaration' && statement.type !== 'ExportDefaultDeclaration') continue
    const declaration = statement.declaration as SyntaxNode | null
    if (declaration === null) continue
    if (/^(FunctionDeclaration|ClassDeclaration)$/.test(declaration.type)) {
      found.push({ statement, name: ((declaration.id as SyntaxNode | null)?.name as string) ?? 'default' })
    }
    for (const declarator of (declaration.declarations as SyntaxNode[] | undefined) ?? []) {
      const value = declarator.init as SyntaxNode | null
      if (value?.type !== 'ArrowFunctionExpression' && value?.type !== 'FunctionExpression') continue
      found.push({ statement, name: (declarator.id as SyntaxNode).name as string })
    }
  }
  return found
}

test('every exported function and class of the product says what it is for', () => {
  const silent = PRODUCT_FILES.flatMap((path) =>
    exportedCode(parseFile(path))
      .filter(({ statement }) => !/\*\/\s*(\/\/[^\n]*\n\s*)*$/.test(readSource(path).slice(0, statement.start)))
      .map(({ statement, name }) => `${placeOf(path, statement.start)}: ${name}`),
  )
  expect(silent).toEqual([])
})

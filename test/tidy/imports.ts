import { posix } from 'node:path'
import { readSource } from './source-files.ts'
import { importsOf, parseFile } from './syntax.ts'

/** What the exports of package.json call by the project's own name. */
const OWN_EXPORTS: Record<string, string> = Object.fromEntries(
  Object.entries(JSON.parse(readSource('package.json')).exports as Record<string, string>).map(([name, target]) => [
    posix.join('crosskernel', name),
    posix.normalize(target),
  ]),
)

export interface Import {
  readonly specifier: string
  /** Path from the root of the file that is meant, or undefined for a package. */
  readonly target: string | undefined
  readonly start: number
}

/** The imports of a file, relative ones and the project's own exports resolved. */
export function resolveImports(path: string): Import[] {
  return importsOf(parseFile(path)).map(({ specifier, start }) => {
    const isRelative = specifier.startsWith('.')
    const target = isRelative ? posix.normalize(posix.join(posix.dirname(path), specifier)) : OWN_EXPORTS[specifier]
    return { specifier, target, start }
  })
}

import { expect, test } from 'vitest'
import { resolveImports } from './imports.ts'
import { groupOf, PACKAGE_USERS, refuseImport } from './layers.ts'
import { PRODUCT_FILES, placeOf } from './source-files.ts'

test('imports point down only', () => {
  const problems = PRODUCT_FILES.flatMap((path) =>
    resolveImports(path).flatMap(({ target, start }) => {
      const refusal = target === undefined ? undefined : refuseImport(path, target)
      return refusal === undefined ? [] : [`${placeOf(path, start)}: ${target}: ${refusal}`]
    }),
  )
  expect(problems).toEqual([])
})

/** A scoped package has a slash in its name. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

test('packages are imported only where they belong', () => {
  const problems = PRODUCT_FILES.flatMap((path) =>
    resolveImports(path).flatMap(({ specifier, target, start }) => {
      if (target !== undefined || specifier.startsWith('node:')) return []
      const users = PACKAGE_USERS[packageOf(specifier)] ?? []
      return users.includes(groupOf(path)!) ? [] : [`${placeOf(path, start)}: ${specifier}`]
    }),
  )
  expect(problems).toEqual([])
})

test('the rule of layers refuses what it should', () => {
  expect(refuseImport('kernels/ring/a.ts', 'kernels/records/b.ts')).toBeUndefined()
  expect(refuseImport('appliance/a.ts', 'kernels/host/b.ts')).toBeUndefined()
  expect(refuseImport('kernels/io/a.ts', 'feeds/book/b.ts')).toBeUndefined()
  expect(refuseImport('kernels/host/a.ts', 'kernels/ring/b.ts')).toMatch(/may not import/)
  expect(refuseImport('feeds/a.ts', 'storage/b.ts')).toMatch(/may not import/)
  expect(refuseImport('kernels/io/a.ts', 'kernels/strategy/b.ts')).toMatch(/may not import/)
  expect(refuseImport('strategies/mine.ts', 'strategies/plugin/context.ts')).toMatch(/plugin interface/)
  expect(refuseImport('elsewhere/a.ts', 'feeds/b.ts')).toMatch(/no known layer/)
})

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = new URL('../..', import.meta.url).pathname

const IGNORED_FOLDERS = ['node_modules', 'dist', 'build', 'coverage', '.git', '.xk']

/** Files that git tracks; in an unpacked archive without git, all but what git would ignore. */
function listFiles(): string[] {
  if (existsSync(join(ROOT, '.git'))) {
    const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    return listed.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)))
  }
  const found: string[] = []
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (!entry.isDirectory()) found.push(path)
      else if (!IGNORED_FOLDERS.includes(entry.name)) visit(path)
    }
  }
  visit('')
  return found
}

/** Paths from the root, with forward slashes. */
export const ALL_FILES: readonly string[] = listFiles().sort()

/** TypeScript sources, tests included. */
export const TYPESCRIPT_FILES: readonly string[] = ALL_FILES.filter((path) => /\.ts$/.test(path))

/** TypeScript sources of the product. */
export const PRODUCT_FILES: readonly string[] = TYPESCRIPT_FILES.filter(
  (path) => path.includes('/') && !path.startsWith('test/'),
)

const texts = new Map<string, string>()

/** Text of a file. */
export function readSource(path: string): string {
  let text = texts.get(path)
  if (text === undefined) {
    text = readFileSync(join(ROOT, path), 'utf8')
    texts.set(path, text)
  }
  return text
}

/** `path:line` of a character offset. */
export function placeOf(path: string, offset: number): string {
  return `${path}:${readSource(path).slice(0, offset).split('\n').length}`
}

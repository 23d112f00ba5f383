import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { ALL_FILES, ROOT, readSource } from './source-files.ts'

const BINARY = /\.(gz|pcap|pcapng|bin|png|jpg|ico|woff2?|node|itch|wasm)$/
const textFiles = ALL_FILES.filter((path) => !BINARY.test(path))

function findAll(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readSource(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)}`] : [])),
  )
}

// The patterns are put together so that this file does not find itself.
const MARKS = new RegExp(`\\b(${['TO', 'FIX', 'HA'].map((start, i) => start + ['DO', 'ME', 'CK'][i]).join('|')})\\b`)
const SKIPS = new RegExp(
  `\\b(test|it|describe)\\.(${['sk', 'on', 'to'].map((s, i) => s + ['ip', 'ly', 'do'][i]).join('|')})\\(`,
)
const MACHINE_PATHS = new RegExp(`(^|[\\s"'\`(=:])/(${['work', 'root', 'tmp/xk'].join('|')})/`)
const REGISTRIES = new RegExp(`https?://[^\\s"'<>)]*(${['npm' + 'js', 'regis' + 'try', 'arti' + 'factory'].join('|')})`)

test('no file holds a mark of unfinished work', () => {
  expect(findAll(textFiles, MARKS)).toEqual([])
})

test('no test is switched off or runs alone', () => {
  expect(
    findAll(
      textFiles.filter((path) => path.endsWith('.test.ts')),
      SKIPS,
    ),
  ).toEqual([])
})

test('no file names a folder of one machine', () => {
  expect(findAll(textFiles, MACHINE_PATHS)).toEqual([])
})

test('no file names the address of a package registry', () => {
  expect(findAll(textFiles, REGISTRIES)).toEqual([])
  expect(readSource('package-lock.json')).not.toContain('"resolved"')
})

/** Anchor of a heading as code hosts make it. */
function anchorOf(heading: string): string {
  const plain = heading.toLowerCase().replaceAll(/[`*]/g, '').trim()
  return plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')
}

test('links between documents lead somewhere', () => {
  const dead: string[] = []
  for (const path of ALL_FILES.filter((file) => file.endsWith('.md'))) {
    const prose = readSource(path).replaceAll(/^```[\s\S]*?^```/gm, '')
    for (const [, link] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue
      const [file, anchor] = link!.split('#')
      const target = file === '' ? path : normalize(join(dirname(path), decodeURIComponent(file!)))
      if (!existsSync(join(ROOT, target))) dead.push(`${path}: ${link}`)
      else if (anchor !== undefined && target.endsWith('.md')) {
        const headings = [...readSource(target).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!))
        if (!headings.includes(anchor)) dead.push(`${path}: ${link}`)
      }
    }
  }
  expect(dead).toEqual([])
})

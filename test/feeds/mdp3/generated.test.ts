import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { generateMdp3Decoders } from '../../../feeds/mdp3/generate-decoders.ts'
import { findCaptures } from '../../support/captures.ts'

const generated = new URL('../../../feeds/mdp3/generated', import.meta.url).pathname
const captures = findCaptures()
const schemas = captures === undefined ? undefined : join(captures, 'cme-mdp3', 'schema')

it.runIf(schemas !== undefined && existsSync(schemas))('the decoders are what the schemas compile to', () => {
  const files = generateMdp3Decoders((name) => readFileSync(join(schemas!, name), 'utf8'))
  const present = readdirSync(generated, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  expect(present.sort()).toEqual([...files.keys()].sort())
  for (const [path, text] of files) expect(readFileSync(join(generated, path), 'utf8')).toBe(text)
})

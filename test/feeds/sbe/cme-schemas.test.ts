import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateDecoders } from '../../../feeds/sbe/generate.ts'
import { parseSchema } from '../../../feeds/sbe/parse-schema.ts'
import { findCaptures } from '../../support/captures.ts'
import { temporaryFolder } from '../support/drain.ts'
import { readDatagrams } from '../support/payloads.ts'
import { compileSchema } from './support/compile.ts'
import { walkMdp3 } from './support/walk-mdp3.ts'

const root = new URL('../../..', import.meta.url).pathname
const captures = findCaptures()
const folder = captures === undefined ? undefined : join(captures, 'cme-mdp3')
const schemas = folder === undefined ? [] : readdirSync(join(folder, 'schema')).filter((name) => name.endsWith('.xml'))
const decodedFiles =
  folder === undefined
    ? []
    : readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
        if (!/\.pcap(ng)?$/.test(name)) return false
        return JSON.parse(readFileSync(join(folder, `${name}.expected.json`), 'utf8')).decoded !== undefined
      })

function readSchema(name: string): string {
  return readFileSync(join(folder!, 'schema', name), 'utf8')
}

describe.runIf(folder !== undefined)('schemas of CME', () => {
  it('are all there', () => {
    expect(schemas.length).toBeGreaterThanOrEqual(6)
    expect(decodedFiles.length).toBeGreaterThanOrEqual(11)
  })

  it.each(schemas)('%s has the templates that an independent reader found', (name) => {
    const reference = JSON.parse(readFileSync(join(folder!, 'schema', `${name}.expected.json`), 'utf8'))
    const schema = parseSchema(readSchema(name), name)
    expect(schema.id).toBe(reference.schema_id)
    expect(schema.version).toBe(reference.schema_version)
    const templates = schema.messages.map(({ templateId, name: message }) => [String(templateId), message])
    expect(Object.fromEntries(templates)).toEqual(reference.templates)
  })

  it('compile to TypeScript without an error', { timeout: 120_000 }, () => {
    const target = temporaryFolder()
    const files: string[] = []
    for (const name of schemas) {
      mkdirSync(join(target, name))
      for (const [file, text] of generateDecoders(parseSchema(readSchema(name), name), { source: name })) {
        const path = join(target, name, file)
        writeFileSync(path, text)
        files.push(path)
      }
    }
    const flags = [
      '--noEmit',
      '--strict',
      '--noUnusedLocals',
      '--noUnusedParameters',
      '--target',
      'es2023',
      '--types',
      'node',
    ]
    const bin = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const report = execFileSync(process.execPath, [bin, '--ignoreConfig', ...flags, ...files], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(report).toBe('')
  })

  it.each(decodedFiles)('%s is decoded to what an independent decoder counted', async (name) => {
    const { decoded } = JSON.parse(readFileSync(join(folder!, `${name}.expected.json`), 'utf8'))
    const classes = await compileSchema(readSchema(decoded.schema_file), decoded.schema_file)
    const facts = walkMdp3(readDatagrams(join(folder!, name)).payloads, classes)
    expect(facts.messages).toEqual(decoded.messages_by_template)
    expect(facts.versions).toEqual(decoded.schema_versions)
    expect(facts.groupEntries).toEqual(decoded.group_entries)
    expect(facts.entriesByTypeAndAction).toEqual(decoded.md_entries_by_type_and_action)
    expect(facts.sumOfSizes).toBe(decoded.sum_of_MDEntrySize_over_all_group_entries)
    expect(Object.keys(facts.entriesPerSecurity)).toHaveLength(decoded.security_ids)
    expect(facts.entriesPerSecurity).toMatchObject(decoded.entries_per_security_id_top20)
    expect(facts.errors).toBe(decoded.structural_error_count)
  })

  it.each(decodedFiles)('%s is decoded by every schema that has its templates', async (name) => {
    const { decoded } = JSON.parse(readFileSync(join(folder!, `${name}.expected.json`), 'utf8'))
    const payloads = readDatagrams(join(folder!, name)).payloads.slice(0, 1000)
    const own = walkMdp3(payloads, await compileSchema(readSchema(decoded.schema_file), decoded.schema_file))
    for (const schema of schemas) {
      const facts = walkMdp3(payloads, await compileSchema(readSchema(schema), schema))
      expect(facts.errors).toBe(0)
      for (const [group, entries] of Object.entries(facts.groupEntries)) {
        // Groups that an older version lacks are not there; all others are read alike.
        if (group in own.groupEntries) expect([group, entries]).toEqual([group, own.groupEntries[group]])
        else expect(entries).toBe(0)
      }
    }
  })

  it.each(['MdIncrementalRefreshBookLongQty', 'MdIncrementalRefreshTradeSummaryLongQty'])(
    'the conflated %s over TCP holds one entry of a known instrument',
    async (name) => {
      const path = join(folder!, 'omi', 'Cme_Mdp3.Sbe.v1.12', `${name}.pcap.expected.json`)
      const { l4_payloads_hex } = JSON.parse(readFileSync(path, 'utf8'))
      // Two bytes of framing stand ahead of the packet.
      const payload = Buffer.from(l4_payloads_hex[0], 'hex').subarray(2)
      const schema = 'Cme.Futures.Mdp3.Sbe.v1.12.xml'
      const facts = walkMdp3([payload], await compileSchema(readSchema(schema), schema))
      expect(facts.errors).toBe(0)
      expect(facts.versions).toEqual({ 'schema 1 version 12': 1 })
      expect(facts.entriesPerSecurity).toEqual({ 11827320: 1 })
    },
  )
})

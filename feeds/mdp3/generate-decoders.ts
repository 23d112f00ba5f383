import { generateDecoders } from '../sbe/generate.ts'
import { parseSchema } from '../sbe/parse-schema.ts'
import { DECODER_SELECTIONS } from './generated-selection.ts'

/**
 * The decoders under `generated/`, from CME's schemas.
 * @param readSchema the text of a schema file by its name
 * @returns texts by path under `generated/`
 * @throws SbeSchemaError
 */
export function generateMdp3Decoders(readSchema: (name: string) => string): Map<string, string> {
  const files = new Map<string, string>()
  for (const { folder, schemaFile, messages, types } of DECODER_SELECTIONS) {
    const schema = parseSchema(readSchema(schemaFile), schemaFile)
    const decoders = generateDecoders(schema, { source: schemaFile, keep: messages, types })
    for (const [name, text] of decoders) {
      if (name !== 'types.ts' || types.length > 0) files.set(`${folder}/${name}`, text)
    }
  }
  return files
}

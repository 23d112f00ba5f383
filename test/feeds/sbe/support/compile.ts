import { transformSync } from 'esbuild'
import { type GenerateOptions, generateDecoders } from '../../../../feeds/sbe/generate.ts'
import { parseSchema } from '../../../../feeds/sbe/parse-schema.ts'

/** A generated class: what the accessors are called depends on the schema. */
export type Decoder = Record<string, unknown> & {
  wrap(view: DataView, at: number, blockLength: number, version: number, end: number): boolean
}

export type DecoderClass = new () => Decoder

/** Runs the generated decoders of a schema. @returns the messages' classes by template id */
export async function compileSchema(
  xml: string,
  file: string,
  options: Partial<GenerateOptions> = {},
): Promise<Map<number, DecoderClass>> {
  const classes = new Map<number, DecoderClass>()
  for (const [name, text] of generateDecoders(parseSchema(xml, file), { source: file, ...options })) {
    if (name === 'types.ts') continue
    const { code } = transformSync(text, { loader: 'ts', format: 'esm', target: 'node20' })
    const module = await import(`data:text/javascript,${encodeURIComponent(code)}`)
    for (const [, exported] of Object.entries<DecoderClass & { TEMPLATE_ID?: number }>(module)) {
      if (exported.TEMPLATE_ID !== undefined) classes.set(exported.TEMPLATE_ID, exported)
    }
  }
  return classes
}

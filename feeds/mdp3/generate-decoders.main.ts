import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generateMdp3Decoders } from './generate-decoders.ts'

/*
 * Writes feeds/mdp3/generated anew, from the folder of CME's schemas that is given:
 *
 *   npx esbuild feeds/mdp3/generate-decoders.main.ts --bundle --platform=node --format=esm --packages=external \
 *     --outfile=build/generate-decoders.mjs && node build/generate-decoders.mjs SCHEMAS feeds/mdp3/generated
 */
const [schemas, target] = process.argv.slice(2)
if (schemas === undefined || target === undefined) {
  console.error('usage: generate-decoders FOLDER-OF-SCHEMAS TARGET-FOLDER')
  process.exitCode = 2
} else {
  for (const [path, text] of generateMdp3Decoders((name) => readFileSync(join(schemas, name), 'utf8'))) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    writeFileSync(join(target, path), text)
  }
}

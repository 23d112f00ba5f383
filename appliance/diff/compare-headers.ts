import type { SessionHeader } from '../../storage/catalogue/session-facts.ts'
import type { FieldDifference } from './shown-record.ts'

/** What the headers of two sessions say differently: code, plugins, configuration, limits. */
export function compareHeaders(left: SessionHeader | undefined, right: SessionHeader | undefined): FieldDifference[] {
  const one = flatten(left)
  const other = flatten(right)
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((field) => ({ field, left: one.get(field) ?? null, right: other.get(field) ?? null }))
    .filter((difference) => difference.left !== difference.right)
}

function flatten(header: SessionHeader | undefined): Map<string, string> {
  const facts = new Map<string, string>()
  if (header === undefined) return facts
  const { plugins, limits, files, ...others } = header
  for (const [name, value] of Object.entries(others)) facts.set(name, String(value))
  facts.set('files', files.join(', '))
  for (const [name, value] of Object.entries(limits)) facts.set(`limits.${name}`, String(value))
  plugins.forEach(({ name, codeHash, params }, index) => {
    facts.set(`plugins.${index + 1}`, name)
    facts.set(`plugins.${index + 1}.codeHash`, codeHash)
    facts.set(`plugins.${index + 1}.params`, JSON.stringify(params))
  })
  return facts
}

import { formatBytes } from '../cli/format.ts'
import { listSettings } from './read-config.ts'

const INTRODUCTION = `# Configuration

Every setting of the appliance, from the table in \`appliance/config/settings.ts\`, of which this page is a copy that a
test keeps current. A file is given by \`xk replay -c my.yaml\` (see \`appliance/config/example.yaml\`), a single setting by
\`--set venue.feedLatencyNs=0\`; flags win over the file, the file over the defaults. A mistake is answered by line and
column, with what is allowed.

Relative paths in a file are relative to its folder, those of flags to the working folder. Digits may be grouped by
underscores (\`50_000\`), sizes take units (\`64 MiB\`).
`

function describeDefault(key: string, fallback: unknown): string {
  if (typeof fallback === 'object') return 'none'
  if (typeof fallback === 'number' && key.endsWith('Bytes')) return formatBytes(fallback)
  return typeof fallback === 'number' ? fallback.toLocaleString('en-US').replaceAll(',', '_') : `${fallback}`
}

/** The documentation of all settings as Markdown: what each is for, its default, what is allowed and the reason. */
export function renderSettingsPage(): string {
  const sections = new Map<string, string[]>()
  for (const [key, setting] of listSettings()) {
    const section = key.includes('.') ? key.slice(0, key.indexOf('.')) : 'The run'
    const row = [
      `\`${key}\``,
      setting.about,
      `\`${describeDefault(key, setting.fallback)}\``,
      setting.allowed,
      setting.reason,
    ]
    const rows = sections.get(section) ?? [
      '| key | what for | default | allowed | why this default |',
      '|---|---|---|---|---|',
    ]
    rows.push(`| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    sections.set(section, rows)
  }
  const parts = [...sections].map(([section, rows]) => `## ${section}\n\n${rows.join('\n')}\n`)
  return `${INTRODUCTION}\n${parts.join('\n')}`
}

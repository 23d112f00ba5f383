import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderControlsTable } from '../../appliance/config/gate-page.ts'
import { buildConfig } from '../../appliance/config/read-config.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'

const PAGE = join(findPackageRoot(), 'docs', 'risk-gate.md')
const BEGIN = '<!-- controls -->\n'
const END = '\n<!-- end of controls -->'

test('the table of controls is the one that the gate asks', () => {
  // After a change: XK_UPDATE_DOCS=1 npx vitest run test/docs/risk-gate
  const page = readFileSync(PAGE, 'utf8')
  const current =
    page.slice(0, page.indexOf(BEGIN) + BEGIN.length) + renderControlsTable() + page.slice(page.indexOf(END))
  if (process.env.XK_UPDATE_DOCS === '1') writeFileSync(PAGE, current)
  expect(readFileSync(PAGE, 'utf8')).toBe(current)
})

test('the commands of the page are ones that a configuration may hold', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8'))![1]!
  expect(buildConfig(yaml, 'page.yaml', [], '/').commands).toHaveLength(3)
})

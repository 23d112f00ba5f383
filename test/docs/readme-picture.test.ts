import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { createTempFolder, runXk } from '../e2e/support/run-xk.ts'

/*
 * The picture of a run in the README is a real one, shortened. What does not depend on the machine is compared with a run;
 * `XK_UPDATE_README=1 npx vitest run test/docs/readme-picture.test.ts` takes a new picture of `xk start`.
 */

const README_PATH = join(findPackageRoot(), 'README.md')
const PICTURE = /```\n(Replay of sample-session[\s\S]*?)```/

/** Lines that are shown of each section of the report; all where nothing is named. */
const SHOWN: Readonly<Record<string, RegExp>> = {
  Read: /^ {2}(input|market|session|inbound) /,
  Decided: /^ {2}(strategy|\d) /,
  'Latency by hop': /^ {2}(hop|ringInbound|tickToOrder) /,
  Kernels: /^ /,
  Journal: /^ {2}(inbound|digest in|digest out) /,
}
/** The same wherever the sample is replayed. */
const STABLE = ['Read', 'Decided', 'Journal']

/** The report's sections by title, each line of theirs that is shown; the headline under ''. */
function readSections(report: string): Map<string, string[]> {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  let title = ''
  for (const line of report.trimEnd().split('\n')) {
    if (line.startsWith('  ')) {
      // The rate is the machine's own.
      if (SHOWN[title]?.test(line)) lines.push(line.replace(/(inbound +[\d,]+ records), .*/, '$1'))
    } else if (line !== '') {
      title = sections.size === 0 ? '' : line
      lines = title === '' ? [line] : []
      sections.set(title, lines)
    }
  }
  return sections
}

function draw(sections: ReadonlyMap<string, readonly string[]>): string {
  const shown = Object.keys(SHOWN).map((title) => [title, ...sections.get(title)!].join('\n'))
  return [...sections.get('')!, ...shown].join('\n\n')
}

test("the README's picture of a run shows what a run gives", { timeout: 120_000 }, async () => {
  const folder = createTempFolder('picture')
  const isUpdate = process.env.XK_UPDATE_README === '1'
  const run = await runXk(['start', ...(isUpdate ? [] : ['--layout', 'inline', '--speed', 'max'])], folder)
  expect(run.code, run.stderr).toBe(0)
  const sections = readSections(run.stdout)
  const readme = readFileSync(README_PATH, 'utf8')
  if (isUpdate)
    writeFileSync(
      README_PATH,
      readme.replace(PICTURE, () => `\`\`\`\n${draw(sections)}\n\`\`\``),
    )
  const picture = readSections(PICTURE.exec(readFileSync(README_PATH, 'utf8'))![1]!)
  for (const title of STABLE) expect(picture.get(title), title).toEqual(sections.get(title))
  expect([...picture.keys()]).toEqual(['', ...Object.keys(SHOWN)])
})

import { createInterface } from 'node:readline/promises'
import type { CommandContext } from './command-context.ts'
import { UsageError } from './errors.ts'

/**
 * Asks the person at the terminal before something is done that cannot be undone or that they should know of.
 * @param isGiven whether --yes was given: then nobody is asked
 * @throws UsageError when there is nobody to ask, or the answer is no
 */
export async function askConsent(context: CommandContext, question: string, isGiven: boolean): Promise<void> {
  if (isGiven) return
  if (!context.terminal.isInteractive || process.stdin.isTTY !== true || context.isJson) {
    throw new UsageError(`${question} Nobody can be asked here`, 'give --yes if you agree')
  }
  context.finishProgress()
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question(`${question} (yes/no) `, { signal: context.signal })
    if (answer.trim().toLowerCase() !== 'yes') throw new UsageError('nothing was done', 'answer yes to agree')
  } finally {
    lines.close()
  }
}

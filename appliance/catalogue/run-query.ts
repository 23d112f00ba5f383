import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { CommandContext } from '../cli/command-context.ts'
import type { QueryOrder } from './query.process.ts'

interface ErrorFacts {
  readonly code: string
  readonly what: string
  readonly where: string | null
  readonly next: string | null
  readonly exitCode: ExitCode
}

/**
 * Runs a query in a process of its own, which prints the rows on our standard output; a signal kills it.
 * @throws XkError, the query's own; the signal's reason
 */
export async function runQuery(context: CommandContext, order: QueryOrder): Promise<void> {
  const script = fileURLToPath(new URL('./query.process.js', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(order)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let facts: ErrorFacts | undefined
  child.on('message', (message) => {
    facts = message as ErrorFacts
  })
  const onAbort = () => child.kill('SIGKILL')
  context.signal.addEventListener('abort', onAbort)
  try {
    const ending = await new Promise<string>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
    context.signal.throwIfAborted()
    if (facts !== undefined) {
      const { where, next, ...rest } = facts
      throw new XkError({ ...rest, ...(where !== null && { where }), ...(next !== null && { next }) })
    }
    if (ending !== 'exit code 0') throw new Error(`the process of the query ended with ${ending}`)
  } finally {
    context.signal.removeEventListener('abort', onAbort)
  }
}

import { connect } from 'node:net'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { CommandAnswer } from './command-desk.ts'
import { InstanceFolder } from './instance-folder.ts'

/** What an operator asks for, as it is written in a script; without what does not apply. */
export type CommandWords = Readonly<Record<string, string | number>>

/**
 * Sends a command to a running live session and waits for its outcome.
 * @throws XkError when there is no such session, or it goes away meanwhile
 */
export async function sendCommand(instance: string, words: CommandWords, signal: AbortSignal): Promise<CommandAnswer> {
  const path = new InstanceFolder(instance).commandSocket
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(path)
    let answer = ''
    socket.setEncoding('utf8')
    signal.addEventListener('abort', () => socket.destroy(signal.reason as Error), { once: true })
    socket.on('connect', () => socket.write(`${JSON.stringify(words)}\n`))
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause
    throw noSession(instance, path, cause)
  })
  if (!text.endsWith('\n')) throw noAnswer(instance)
  return JSON.parse(text) as CommandAnswer
}

function noSession(instance: string, path: string, cause: unknown): XkError {
  return new XkError({
    code: 'no-live-session',
    what: `no live session of the name ${instance} takes commands`,
    where: path,
    next: 'name a running one by --instance; xk regions lists them. Replays take commands from their configuration',
    exitCode: ExitCode.Refused,
    cause,
  })
}

function noAnswer(instance: string): XkError {
  return new XkError({
    code: 'command-unanswered',
    what: `the session ${instance} ended before it answered`,
    next: 'look into its journal: xk journal dump JOURNAL | grep -i command',
    exitCode: ExitCode.Refused,
  })
}

import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { OutcomeSlot } from '../../kernels/io/operator/command-inbox.ts'
import { type OperatorCommand, writeCommand } from '../../kernels/io/operator/scripted-commands.ts'
import { Membership, OUTCOME_ROWS } from '../../kernels/loop/regions.ts'
import { Command, Header, Outcome } from '../../kernels/records/catalogue.ts'
import type { Region } from '../../kernels/region/region.ts'
import { GatingSet, viewCursor } from '../../kernels/ring/gating.ts'
import { RingProducer } from '../../kernels/ring/producer.ts'
import { memberName } from '../../storage/session/value-names.ts'
import { readOperatorCommand } from '../config/command-script.ts'
import { Refusal } from '../config/setting-kinds.ts'

/** A request is one line of JSON. Policy beyond: it is refused and the connection closed. */
const REQUEST_BYTES_MAX = 4096
/** Policy beyond: refused at once. */
const CONNECTIONS_MAX = 16
/**
 * How long the I/O kernel's loop may turn without an answer. One that is being restarted takes commands when it is back, however
 * long that takes; one that does not come back ends the session, and with it the waiting.
 */
const ANSWER_PATIENCE_MS = 10_000
const POLL_MS = 2

/** What became of an operator's command; crosses to `xk command` as one line of JSON. */
export interface CommandAnswer {
  /** A name of `Outcome`; `malformed` for what was not sent, `unanswered` for what may still be obeyed. */
  readonly outcome: string
  /** Inbound sequence of the command's record; 0 where there is none, or none is known. */
  readonly sequence: number
  /** Of a limit: what it was, and is. */
  readonly before: number
  readonly after: number
  /** What was expected, of a malformed request. */
  readonly expected: string
}

export interface CommandDeskOptions {
  /** Path of the socket. */
  readonly path: string
  /** The supervisor's region, which holds the ring of commands. */
  readonly own: Region
  /** The I/O kernel's region, once it is there. */
  readonly io: () => Region | undefined
  /** `ANSWER_PATIENCE_MS`, where it is not told. */
  readonly answerPatienceMs?: number
}

/**
 * Takes operators' commands over a socket that only the appliance's own user can reach, puts them on the ring of commands in
 * the supervisor's region, one after the other, and tells what the I/O kernel made of each. Not on the data path.
 */
export class CommandDesk {
  readonly #options: CommandDeskOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #ring: RingProducer | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #sent = 0
  #isClosed = false

  constructor(options: CommandDeskOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#serve(socket))
    this.#server.maxConnections = CONNECTIONS_MAX
  }

  /** Begins to listen. */
  async open(): Promise<void> {
    rmSync(this.#options.path, { force: true })
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.path, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    let text = ''
    this.#sockets.add(socket)
    socket.setEncoding('utf8')
    // A client that leaves is its own affair.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end < 0 && text.length <= REQUEST_BYTES_MAX) return
      socket.pause()
      socket.removeAllListeners('data')
      const line = end < 0 ? '' : text.slice(0, end)
      this.#answer(line).then((answer) => socket.end(`${JSON.stringify(answer)}\n`))
    })
  }

  async #answer(line: string): Promise<CommandAnswer> {
    const command = readRequest(line)
    if (typeof command === 'string') return answerWithout('malformed', command)
    const answer = this.#queue.then(() => this.#send(command))
    this.#queue = answer
    return answer
  }

  /** Puts one command on the ring and waits for its outcome. */
  async #send(command: OperatorCommand): Promise<CommandAnswer> {
    const io = this.#options.io()
    if (io === undefined || this.#isClosed) return answerWithout('unanswered')
    this.#ring ??= this.#openRing(io)
    const at = this.#ring.tryClaim(Command.Bytes, 0)
    if (at < 0) return answerWithout('unanswered')
    this.#sent++
    const number = this.#sent
    writeCommand(this.#ring.views, at, command)
    this.#ring.views.f64[(at + Header.Sequence) >> 3] = number
    this.#ring.publish()
    const outcomes = io.viewDoubles('outcomes')
    const row = (number % OUTCOME_ROWS) * OutcomeSlot.Count
    let leftMs = this.#options.answerPatienceMs ?? ANSWER_PATIENCE_MS
    let lookedMs = performance.now()
    let beat = io.heartbeat
    while (outcomes[row] !== number) {
      if (this.#isClosed || leftMs < 0) return answerWithout('unanswered')
      await sleep(POLL_MS)
      const nowMs = performance.now()
      // Only a loop that turns could have answered.
      if (io.heartbeat !== beat) leftMs -= nowMs - lookedMs
      lookedMs = nowMs
      beat = io.heartbeat
    }
    return {
      outcome: memberName(Outcome, outcomes[row + OutcomeSlot.Outcome]!),
      sequence: outcomes[row + OutcomeSlot.Sequence]!,
      before: outcomes[row + OutcomeSlot.Before]!,
      after: outcomes[row + OutcomeSlot.After]!,
      expected: '',
    }
  }

  #openRing(io: Region): RingProducer {
    const { own } = this.#options
    const cursor = viewCursor(io.buffer, io.offsetOf('cursor.commands'))
    const member = { cursor, membership: own.viewWords('gating'), index: Membership.IoOnCommands }
    return new RingProducer(own.buffer, own.offsetOf('ring.commands'), new GatingSet([member]))
  }
}

/** @returns the command, or what was expected in its place */
function readRequest(line: string): OperatorCommand | string {
  let given: unknown
  try {
    given = JSON.parse(line)
  } catch {
    return 'one line of JSON'
  }
  const command = readOperatorCommand(given)
  if (!(command instanceof Refusal)) return command
  return `${command.path.join('.')}: ${command.allowed}`
}

function answerWithout(outcome: 'malformed' | 'unanswered', expected = ''): CommandAnswer {
  return { outcome, sequence: 0, before: 0, after: 0, expected }
}

import { OuchFault } from '../../../feeds/ouch/faults.ts'
import { OuchMessage } from '../../../feeds/ouch/message.ts'
import { Response42 } from '../../../feeds/ouch/response-layout-42.ts'
import { createOuchCodecs, type OuchCodecs, OuchVersion } from '../../../feeds/ouch/versions.ts'
import { SessionEvent } from '../../../feeds/soupbintcp/session/session-counts.ts'
import { BreakCause } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import type { OuchGateway } from '../entry/ouch-gateway.ts'
import { type LinkOptions, SessionLink } from '../entry/session-link.ts'
import type { Exposure } from '../gate/exposure.ts'
import { BreakRecords } from './break-records.ts'
import { ExecutionCheck } from './execution-check.ts'

/** Executions of which one side alone is known, and with them settled ones by which a repetition is noticed. */
const EXECUTIONS_MAX = 1 << 18
const MESSAGES_PER_STEP_MAX = 1024
/** Not every turn of the loop: reading costs a system call, and nothing waits for it. */
const STEP_EVERY_NS = 1e6

/** What a successor must know and cannot derive: doubles in shared memory, zero at first. */
export enum DropCopyMemory {
  /** Number of the drop copy's first message of this run; 0 before the first login. */
  FirstSequence = 0,
  Count = 1,
}

/** What the drop copy counts, beside what its session does. */
export enum DropCopyCount {
  Executions = 0,
  /** Orders and replacements that were accepted, where the drop copy tells them. */
  Orders = 1,
  OtherMessages = 2,
  BadMessages = 3,
  Connects = 4,
  ConnectsFailed = 5,
  Count = 6,
}

/** Names in reports, by `DropCopyCount`. */
export const DROP_COPY_COUNT_NAMES = [
  ...['executions', 'orders', 'otherMessages', 'badMessages', 'connects', 'connectsFailed'],
] as const

export interface DropCopyOptions {
  readonly link: LinkOptions
  readonly gateway: OuchGateway
  /** The gate's positions. */
  readonly exposure: Exposure
  readonly patienceMs: number
  /** What a break does beside being told. */
  readonly onBreak: 'halt' | 'report'
  /** By `DropCopyMemory`, where a successor finds it. */
  readonly memory: Float64Array
}

/**
 * The venue's drop copy of what the firm has executed, over a session of its own, compared with order entry. Orders leave only
 * once its first login is answered; after that it may come and go: what it missed it is told at the next login.
 */
export class DropCopy {
  readonly link: SessionLink
  readonly check: ExecutionCheck
  readonly breaks: BreakRecords
  /** By `DropCopyCount`. */
  readonly counts = new Float64Array(DropCopyCount.Count)
  /** Why nothing can be compared any more, or empty. */
  brokenBy = ''
  readonly #gateway: OuchGateway
  readonly #codecs: OuchCodecs
  readonly #message = new OuchMessage()
  readonly #memory: Float64Array
  readonly #halts: boolean
  readonly #dueNs = new Float64Array([Number.NEGATIVE_INFINITY])
  #wasEntryReady = false
  #isFirstStep = true
  #isClosed = false
  /** Breaks that an operator has looked at. */
  #acknowledged = 0

  constructor(options: DropCopyOptions) {
    const { gateway, exposure, memory, patienceMs, link } = options
    const firstSequence = memory[DropCopyMemory.FirstSequence]!
    // A run hears nothing of earlier ones; a successor reads all again that was told in this run.
    this.link = new SessionLink({ ...link, login: { ...link.login, firstSequence } })
    this.breaks = new BreakRecords(gateway.nowNs)
    const { orders, tokens, symbols, version, nowNs } = gateway
    const table = { orders, tokens, symbols, version, exposure, nowNs }
    this.check = new ExecutionCheck({ ...table, breaks: this.breaks, patienceMs, executionsMax: EXECUTIONS_MAX })
    this.#gateway = gateway
    this.#codecs = createOuchCodecs(version)
    this.#memory = memory
    this.#halts = options.onBreak === 'halt'
    gateway.watchExecutions(this.check)
  }

  /** Saves or restores what was read and compared so far; a copy that is restored reads on from there. */
  archive(archive: StateArchive): void {
    this.link.session.archive(archive)
    this.check.archive(archive)
    this.breaks.archive(archive)
    archive.array(this.counts)
    this.#acknowledged = archive.number(this.#acknowledged)
    this.brokenBy = archive.text(this.brokenBy)
    if (this.brokenBy !== '') this.link.isStopped = true
  }

  /** Whether orders may leave: what comes of them will be witnessed, or nobody insists. */
  get isReady(): boolean {
    return this.#memory[DropCopyMemory.FirstSequence]! > 0 || (this.brokenBy !== '' && !this.#halts)
  }

  /** Whether there is a break that halts trading. */
  get isHalting(): boolean {
    return this.#halts && this.breaks.count > this.#acknowledged
  }

  /** An operator has looked at the breaks so far: they halt no more. */
  acknowledge(): void {
    this.#acknowledged = this.breaks.count
  }

  /** Whether everything that was executed is known to both. */
  get isSettled(): boolean {
    return this.check.executions.isSettled
  }

  /** Receives, compares, and looks for what is late; every millisecond. @returns how many messages it took */
  step(): number {
    const { nowNs } = this.#gateway
    if (nowNs[0]! < this.#dueNs[0]!) return 0
    this.#dueNs[0] = nowNs[0]! + STEP_EVERY_NS
    this.link.nowNs[0] = nowNs[0]!
    if (this.#isFirstStep) this.check.noteCopyRead()
    this.#isFirstStep = false
    this.#noteEntry()
    const taken = this.#receive()
    this.check.look(this.#wasEntryReady)
    if (this.isSettled && this.#gateway.responses.length === 0) this.check.comparePositions()
    return taken
  }

  /** Ends the session: whatever has not come is a break. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.brokenBy === '') this.check.finish()
    this.link.close()
  }

  #noteEntry(): void {
    const { isReady } = this.#gateway
    if (isReady && !this.#wasEntryReady) this.check.noteEntryReady()
    this.#wasEntryReady = isReady
  }

  #receive(): number {
    const { link, counts } = this
    link.receive()
    let taken = 0
    while (taken < MESSAGES_PER_STEP_MAX) {
      const event = link.session.next()
      if (event === SessionEvent.None) break
      this.#take(event)
      taken++
    }
    link.tick()
    counts[DropCopyCount.Connects] = link.connects
    counts[DropCopyCount.ConnectsFailed] = link.failures
    return taken
  }

  #take(event: SessionEvent): void {
    const memory = this.#memory
    switch (event) {
      case SessionEvent.Message:
        this.#takeMessage()
        return
      case SessionEvent.LoggedIn:
        if (memory[DropCopyMemory.FirstSequence] === 0) {
          memory[DropCopyMemory.FirstSequence] = this.link.session.nextSequence
        }
        return
      case SessionEvent.SessionChanged:
        this.#lose('the venue has another session for drop copies')
        return
      case SessionEvent.MessagesMissed:
        this.#lose('the venue no longer has drop copies that were missed')
        return
      case SessionEvent.LoginRejected:
        this.#lose('the venue rejects the login to its drop copies')
        return
      case SessionEvent.Ended:
        // What is still missing of it will be missed in time.
        this.link.isStopped = true
        return
      default:
    }
  }

  #lose(reason: string): void {
    this.brokenBy = reason
    this.link.isStopped = true
    this.breaks.tell({ cause: BreakCause.CopyLost })
  }

  #takeMessage(): void {
    const { session } = this.link
    const message = this.#message
    const { bytes } = session.receive
    const fault = this.#codecs.responses.decode(bytes, session.messageAt, session.messageLength, message)
    if (fault !== OuchFault.None) {
      this.counts[DropCopyCount.BadMessages]!++
      return
    }
    switch (message.type) {
      case Response42.Executed:
        this.#copy(message)
        return
      case Response42.ExecutedWithReference:
        // OUCH 5.0 uses the letter for something else.
        if (this.#gateway.version === OuchVersion.V42) this.#copy(message)
        return
      case Response42.Accepted:
      case Response42.Replaced:
        this.counts[DropCopyCount.Orders]!++
        this.check.copiedOrder(message)
        return
      default:
        this.counts[DropCopyCount.OtherMessages]!++
    }
  }

  #copy(message: OuchMessage): void {
    this.counts[DropCopyCount.Executions]!++
    this.check.copied(message)
  }
}

import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { isDate } from '../protocol/session-epoch.ts'

const SECOND_NS = 1_000_000_000
const DAY_NS = 86_400 * SECOND_NS
const FULL_OPEN_NS = (9 * 60 + 30) * 60 * SECOND_NS
const FULL_CLOSE_NS = 16 * 3_600 * SECOND_NS
const SYMBOLS_MOST = 8_192
const MESSAGES_MOST = 1_000_000_000
const MESSAGES_PER_SYMBOL_LEAST = 100
const LIVE_SHARE_MOST = 0.3
/** Mean time between messages below which bursts would run into each other. */
const NS_PER_MESSAGE_LEAST = 10_000

/** How the messages are sent: MoldUDP64 over UDP multicast over Ethernet. */
export interface PacketOptions {
  /** Multicast group; 233.54.12.111 when not given. */
  readonly group?: string
  /** UDP port of the group; 26477 when not given. */
  readonly port?: number
  /** Sender's address; 192.0.2.18 (a documentation address) when not given. */
  readonly source?: string
  /** Most bytes of one MoldUDP64 packet, header included, 128 to 1472; 1400 when not given. */
  readonly payloadBytesMax?: number
  /** A packet is sent when its first message is this old; 20,000 when not given. */
  readonly flushNs?: number
}

export interface SessionOptions {
  /** Whole number from 0 to 2^53 - 1. */
  readonly seed: number
  /** 1 to 8,192. */
  readonly symbols: number
  /** Messages of the whole session; met within 1 %. */
  readonly messages: number
  /** Where the raw file goes; compressed when the name ends in `.gz`. */
  readonly rawPath?: string
  /** Where the pcapng file goes; compressed when the name ends in `.gz`. */
  readonly capturePath?: string
  /** The exchange's date, `YYYY-MM-DD`; 2025-01-15 when not given. */
  readonly date?: string
  /** The exchange's clock against UTC; -300 (New York in winter) when not given. */
  readonly utcOffsetMinutes?: number
  /** First message, in nanoseconds since the exchange's midnight; 04:00 when not given. */
  readonly startTimeNs?: number
  /** Opening cross; 09:30 when the day contains it, else a tenth into the day. */
  readonly openTimeNs?: number
  /** Closing cross; 16:00 when the day contains it, else a twelfth before its end. */
  readonly closeTimeNs?: number
  /** Last message; 20:00 when not given. */
  readonly endTimeNs?: number
  /** MoldUDP64 session, up to 10 characters; `XK` and the date when not given. */
  readonly session?: string
  /** Orders live at once at the day's peak, at least; 40 for each symbol when not given. */
  readonly liveOrdersTarget?: number
  /** Added to the upper 32 bits of every order reference, for references that no double can hold; 0 when not given. */
  readonly referenceHighOffset?: number
  readonly packets?: PacketOptions
  /** Called after each chunk, some tens of thousands of messages apart. */
  readonly onProgress?: (progress: SessionProgress) => void
}

export interface SessionProgress {
  readonly messages: number
  readonly messagesTarget: number
  /** Exchange time reached, in nanoseconds since midnight. */
  readonly timeNs: number
}

/** Options with every default filled in and every bound checked. */
export interface ResolvedOptions {
  readonly seed: number
  readonly symbols: number
  readonly messages: number
  readonly startTimeNs: number
  readonly openTimeNs: number
  readonly closeTimeNs: number
  readonly endTimeNs: number
  readonly date: string
  readonly utcOffsetMinutes: number
  readonly session: string
  readonly referenceHighOffset: number
  /** Orders deep in each symbol's book that stay all day. */
  readonly ladderOrders: number
  /** Orders near each symbol's touch that come and go, besides the makers' quotes. */
  readonly activeOrders: number
  readonly packets: Required<PacketOptions>
}

/** An option of a generated session is out of bounds. */
export class SessionOptionError extends XkError {
  constructor(option: string, what: string, next: string) {
    super({ code: 'generate-option', what, where: `option ${option}`, next, exitCode: ExitCode.Usage })
  }
}

function checkWhole(option: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new SessionOptionError(option, `${value} is out of bounds`, `give a whole number from ${least} to ${most}`)
  }
  return value
}

/** Minutes of a distance from UTC written `-05:00`. @throws SessionOptionError */
export function parseUtcOffset(option: string, text: string): number {
  const match = /^([+-])(\d{2}):([0-5]\d)$/.exec(text)
  if (match === null) throw new SessionOptionError(option, `"${text}" is no distance from UTC`, 'write it as -05:00')
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return match[1] === '-' ? -minutes : minutes
}

/** Nanoseconds since midnight of a time of day written `HH:MM` or `HH:MM:SS`. @throws SessionOptionError */
export function parseTimeOfDay(option: string, text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
  if (match === null)
    throw new SessionOptionError(option, `"${text}" is no time of day`, 'write it as 09:30 or 09:30:00')
  return (Number(match[1]) * 3_600 + Number(match[2]) * 60 + Number(match[3] ?? 0)) * SECOND_NS
}

type Times = Pick<ResolvedOptions, 'startTimeNs' | 'openTimeNs' | 'closeTimeNs' | 'endTimeNs'>

function resolveTimes(options: SessionOptions): Times {
  const startTimeNs = checkWhole('startTimeNs', options.startTimeNs ?? 4 * 3_600 * SECOND_NS, 0, DAY_NS - 1)
  const endTimeNs = checkWhole('endTimeNs', options.endTimeNs ?? 20 * 3_600 * SECOND_NS, 0, DAY_NS - 1)
  const spanNs = endTimeNs - startTimeNs
  const isFull = startTimeNs < FULL_OPEN_NS && endTimeNs > FULL_CLOSE_NS
  const openTimeNs = options.openTimeNs ?? (isFull ? FULL_OPEN_NS : startTimeNs + Math.floor(spanNs / 10))
  const closeTimeNs = options.closeTimeNs ?? (isFull ? FULL_CLOSE_NS : endTimeNs - Math.floor(spanNs / 12))
  checkWhole('openTimeNs', openTimeNs, 0, DAY_NS - 1)
  checkWhole('closeTimeNs', closeTimeNs, 0, DAY_NS - 1)
  if (!(startTimeNs < openTimeNs && openTimeNs < closeTimeNs && closeTimeNs < endTimeNs)) {
    throw new SessionOptionError('startTimeNs', 'the day is not in order', 'let start, open, close and end ascend')
  }
  const nsPerMessage = (closeTimeNs - openTimeNs) / options.messages
  if (nsPerMessage < NS_PER_MESSAGE_LEAST) {
    const seconds = Math.ceil((options.messages * NS_PER_MESSAGE_LEAST) / SECOND_NS)
    const what = `the day is too short for ${options.messages} messages`
    throw new SessionOptionError('messages', what, `let ${seconds} s or more pass between open and close`)
  }
  return { startTimeNs, openTimeNs, closeTimeNs, endTimeNs }
}

function resolvePackets(packets: PacketOptions): Required<PacketOptions> {
  return {
    group: checkAddress('packets.group', packets.group ?? '233.54.12.111'),
    port: checkWhole('packets.port', packets.port ?? 26_477, 1, 65_535),
    source: checkAddress('packets.source', packets.source ?? '192.0.2.18'),
    payloadBytesMax: checkWhole('packets.payloadBytesMax', packets.payloadBytesMax ?? 1_400, 128, 1_472),
    flushNs: checkWhole('packets.flushNs', packets.flushNs ?? 20_000, 0, SECOND_NS),
  }
}

function checkAddress(option: string, address: string): string {
  const parts = address.split('.')
  const isValid = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  if (!isValid) throw new SessionOptionError(option, `"${address}" is no IPv4 address`, 'write it as 233.54.12.111')
  return address
}

/** Checks the options and fills in the defaults. @throws SessionOptionError */
export function resolveOptions(options: SessionOptions): ResolvedOptions {
  const seed = checkWhole('seed', options.seed, 0, Number.MAX_SAFE_INTEGER)
  const symbols = checkWhole('symbols', options.symbols, 1, SYMBOLS_MOST)
  const messagesLeast = Math.max(1_000, symbols * MESSAGES_PER_SYMBOL_LEAST)
  const messages = checkWhole('messages', options.messages, messagesLeast, MESSAGES_MOST)
  const liveDefault = Math.floor(Math.min(symbols * 40, messages * 0.1))
  const liveMost = Math.floor(messages * LIVE_SHARE_MOST)
  const live = checkWhole('liveOrdersTarget', options.liveOrdersTarget ?? liveDefault, 0, liveMost)
  const date = options.date ?? '2025-01-15'
  if (!/^(19[7-9]\d|20\d\d)/.test(date) || !isDate(date)) {
    throw new SessionOptionError('date', `"${date}" is no date from 1970 to 2099`, 'write it as 2025-01-15')
  }
  const session = options.session ?? `XK${date.replaceAll('-', '')}`
  if (!/^[\x20-\x7e]{1,10}$/.test(session)) {
    throw new SessionOptionError('session', `"${session}" is no session name`, 'give 1 to 10 ASCII characters')
  }
  return {
    seed,
    symbols,
    messages,
    ...resolveTimes(options),
    date,
    utcOffsetMinutes: checkWhole('utcOffsetMinutes', options.utcOffsetMinutes ?? -300, -840, 840),
    session,
    referenceHighOffset: checkWhole('referenceHighOffset', options.referenceHighOffset ?? 0, 0, 0xfff0_0000),
    ladderOrders: Math.ceil(live / symbols),
    activeOrders: Math.max(6, Math.min(24, Math.floor((messages / symbols) * 0.04))),
    packets: resolvePackets(options.packets ?? {}),
  }
}

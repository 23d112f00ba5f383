import { MoldPublisher } from '../moldudp64/publisher.ts'
import { MoldRequest } from '../moldudp64/request-layout.ts'
import { LoginAcceptedAt, LoginRequestAt, SOUP_LENGTH_BYTES, SoupHeader, SoupType } from '../soupbintcp/layout.ts'
import { ClientState, SoupClient } from '../soupbintcp/session/client-session.ts'
import type { ReceiveBuffer } from '../soupbintcp/session/receive-buffer.ts'
import type { SendBuffer } from '../soupbintcp/session/send-buffer.ts'
import { SequencedLog } from '../soupbintcp/session/sequenced-log.ts'
import { SoupConnection } from '../soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../soupbintcp/session/server-logins.ts'
import { SessionEvent } from '../soupbintcp/session/session-counts.ts'
import { FieldKind, type FieldList } from './field-list.ts'
import { fieldsOfStream } from './packet-fields.ts'
import { type PoisonedBuffer, poisonedBufferOf } from './poisoned-buffer.ts'
import { mix } from './record-digest.ts'
import { FuzzFault, type FuzzSubject, type FuzzTarget, STEPS_MAX } from './target.ts'

const SESSION = 'FUZZ'
const USERNAME = 'user'
const PASSWORD = 'secret'
/** Small ones: each connection allocates them, and inputs reach their bounds. */
const PACKET_BYTES_MAX = 512
const SEND_BYTES_MAX = 1 << 11
const LOG_MESSAGES = 40
const MESSAGE = Buffer.from('a message that is long enough to hold a field or two')
const NS_PER_INPUT = 50e6
/** Pieces that an input arrives in, in turns. */
const PIECES = [1, 7, 64, 4096]

/** Both sides of a SoupBinTCP session, and a server of re-requests: what comes over their sockets. */
export function sessionTargets(): FuzzTarget[] {
  const findFields = fieldsOfStream('soupbintcp')
  return [
    { name: 'soup-server', seeds: makeClientStreams(), findFields, open: (poison) => new ServerSubject(poison) },
    { name: 'soup-client', seeds: makeServerStreams(), findFields, open: (poison) => new ClientSubject(poison) },
    {
      name: 'mold-request',
      seeds: makeRequests(),
      findFields: findRequestFields,
      isStateless: true,
      open: (poison) => new RequestSubject(poison),
    },
  ]
}

function packet(type: SoupType, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(SoupHeader.Bytes)
  header.writeUInt16BE(1 + payload.length, SoupHeader.Length)
  header[SoupHeader.Type] = type
  return Buffer.concat([header, payload])
}

function makeLogin(username: string, password: string, session: string, sequence: string): Buffer {
  const login = Buffer.alloc(LoginRequestAt.Bytes, ' ')
  login.writeUInt16BE(LoginRequestAt.Bytes - SOUP_LENGTH_BYTES, SoupHeader.Length)
  login[SoupHeader.Type] = SoupType.LoginRequest
  login.write(username, LoginRequestAt.Username, 'latin1')
  login.write(password, LoginRequestAt.Password, 'latin1')
  login.write(session, LoginRequestAt.Session, 'latin1')
  login.write(sequence.padStart(20), LoginRequestAt.Sequence, 'latin1')
  return login
}

/** What clients say: logins, right and wrong, then orders, heartbeats, debug, a logout. */
function makeClientStreams(): Buffer[] {
  const empty = Buffer.alloc(0)
  const order = packet(SoupType.UnsequencedData, MESSAGE)
  const talk = [order, packet(SoupType.ClientHeartbeat, empty), order, packet(SoupType.Debug, MESSAGE), order]
  const logins = [
    makeLogin(USERNAME, PASSWORD, '', '1'),
    makeLogin(USERNAME, PASSWORD, SESSION.padStart(10), '0'),
    makeLogin(USERNAME, PASSWORD, '', '39'),
    makeLogin(USERNAME, 'wrong', '', '1'),
    makeLogin(USERNAME, PASSWORD, 'OTHER', '1'),
    makeLogin(USERNAME, PASSWORD, '', '99999999999999999999'),
  ]
  return [
    ...logins.map((login) => Buffer.concat([login, ...talk])),
    Buffer.concat([logins[0]!, packet(SoupType.LogoutRequest, empty)]),
    Buffer.concat(talk),
  ]
}

/** What servers say: login answers, then sequenced messages, heartbeats, the end. */
function makeServerStreams(): Buffer[] {
  const empty = Buffer.alloc(0)
  const accepted = (session: string, sequence: string) => {
    const answer = Buffer.alloc(LoginAcceptedAt.Bytes, ' ')
    answer.writeUInt16BE(LoginAcceptedAt.Bytes - SOUP_LENGTH_BYTES, SoupHeader.Length)
    answer[SoupHeader.Type] = SoupType.LoginAccepted
    answer.write(session.padStart(10), LoginAcceptedAt.Session, 'latin1')
    answer.write(sequence.padStart(20), LoginAcceptedAt.Sequence, 'latin1')
    return answer
  }
  const message = packet(SoupType.SequencedData, MESSAGE)
  const talk = [
    message,
    packet(SoupType.ServerHeartbeat, empty),
    message,
    packet(SoupType.UnsequencedData, MESSAGE),
    message,
  ]
  return [
    ...[accepted(SESSION, '1'), accepted(SESSION, '5'), accepted('OTHER', '1')].map((answer) =>
      Buffer.concat([answer, ...talk]),
    ),
    Buffer.concat([accepted(SESSION, '1'), message, packet(SoupType.EndOfSession, empty)]),
    packet(SoupType.LoginRejected, Buffer.from('A')),
    Buffer.concat(talk),
  ]
}

function makeRequests(): Buffer[] {
  return [1n, 20n, 40n, 41n, 0n, 1n << 63n].map((sequence) => {
    const request = Buffer.alloc(MoldRequest.Bytes, ' ')
    request.write(SESSION, MoldRequest.Session, 'latin1')
    request.writeBigUInt64BE(sequence, MoldRequest.SequenceHigh)
    request.writeUInt16BE(5, MoldRequest.Count)
    return request
  })
}

function findRequestFields(input: Uint8Array, fields: FieldList): void {
  if (input.length < MoldRequest.Bytes) return
  fields.add(FieldKind.Number, MoldRequest.SequenceHigh, 8, false)
  fields.add(FieldKind.Count, MoldRequest.Count, 2, false)
}

/** One side of a session, as far as the two are alike. */
interface Side {
  readonly receive: ReceiveBuffer
  readonly send: SendBuffer
  readonly counts: Float64Array
  readonly messageAt: number
  readonly messageLength: number
  readonly isClosing: boolean
  arrived(length: number): void
  next(): SessionEvent
}

/** Gives a side its bytes in pieces and takes all that comes of them. @returns a digest */
function talkTo(side: Side, buffer: PoisonedBuffer, length: number, pieceBytes: number): number {
  let digest = length
  let steps = 0
  for (let at = 0; at < length && !side.isClosing; ) {
    const room = side.receive.makeRoom()
    if (room <= 0) throw new FuzzFault('there is no room for the next byte')
    const count = Math.min(room, length - at, pieceBytes)
    copyBytes(buffer.bytes, buffer.at + at, side.receive.bytes, side.receive.end, count)
    side.arrived(count)
    at += count
    for (let event = side.next(); event !== SessionEvent.None; event = side.next()) {
      if (steps++ === STEPS_MAX) throw new FuzzFault('the session does not come to an end')
      digest = mix(digest, event)
      if (event !== SessionEvent.Message) continue
      const { messageAt, messageLength } = side
      if (messageAt < 0 || messageAt + messageLength > side.receive.end)
        throw new FuzzFault('a message lies outside what came')
      for (let i = 0; i < messageLength; i++) digest = mix(digest, side.receive.bytes[messageAt + i]!)
    }
  }
  const { send } = side
  if (send.waitingBytes > send.bytes.length) throw new FuzzFault('more waits than there is room for')
  for (let i = send.start; i < send.end; i++) digest = mix(digest, send.bytes[i]!)
  send.sent(send.waitingBytes)
  return digest
}

/** A loop: most pieces are of a byte or a few. */
function copyBytes(from: Uint8Array, at: number, to: Uint8Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[at + i]!
}

abstract class SessionSubject implements FuzzSubject {
  protected readonly nowNs = new Float64Array(1)
  protected inputs = 0
  readonly #buffer: PoisonedBuffer
  #sums = 0

  constructor(poison: number) {
    this.#buffer = poisonedBufferOf(poison)
  }

  protected abstract beginInput(): Side
  protected abstract endInput(): void

  take(bytes: Uint8Array, length: number): number {
    this.#buffer.place(bytes, length)
    this.nowNs[0]! += NS_PER_INPUT
    const side = this.beginInput()
    const digest = talkTo(side, this.#buffer, length, PIECES[this.inputs++ % PIECES.length]!)
    this.endInput()
    this.#sums = mix(this.#sums, digest)
    return digest
  }

  report(): unknown {
    return this.#sums
  }
}

/** The server's side: a connection for each input, some of them for two. */
class ServerSubject extends SessionSubject {
  readonly #log = new SequencedLog(1 << 16, LOG_MESSAGES)
  readonly #logins: SoupLogins
  #connection: SoupConnection | undefined

  constructor(poison: number) {
    super(poison)
    for (let i = 0; i < LOG_MESSAGES; i++) this.#log.append(MESSAGE, 0, MESSAGE.length)
    this.#logins = new SoupLogins(SESSION, [{ username: USERNAME, password: PASSWORD, log: this.#log }])
  }

  protected beginInput(): Side {
    if (this.#connection === undefined || this.#connection.isClosing || this.inputs % 2 === 0) {
      this.#connection = new SoupConnection(this.#logins, {
        packetBytesMax: PACKET_BYTES_MAX,
        sendBytesMax: SEND_BYTES_MAX,
      })
      this.#connection.clock.nowNs[0] = this.nowNs[0]!
      this.#connection.connected()
    }
    this.#connection.clock.nowNs[0] = this.nowNs[0]!
    return this.#connection
  }

  protected endInput(): void {
    this.#connection!.tick()
    this.#connection!.pump()
  }
}

/** The client's side: one that connects again and again, and remembers its session. */
class ClientSubject extends SessionSubject {
  readonly #client = new SoupClient({ username: USERNAME, password: PASSWORD })

  protected beginInput(): Side {
    const client = this.#client
    client.clock.nowNs[0] = this.nowNs[0]!
    if (client.state !== ClientState.Live || this.inputs % 2 === 0) {
      client.disconnected()
      if (this.inputs % 16 === 0) client.forgetSession()
      client.connected()
    }
    return client
  }

  protected endInput(): void {
    this.#client.tick()
    this.#client.send.sent(this.#client.send.waitingBytes)
  }
}

/** The server of re-requests: no answer is longer than a packet, or of messages that there are not. */
class RequestSubject implements FuzzSubject {
  readonly #buffer: PoisonedBuffer
  readonly #publisher = new MoldPublisher(SESSION, {
    payloadBytesMax: 1400,
    keptBytesMax: 1 << 16,
    keptMessagesMax: 1 << 10,
  })

  constructor(poison: number) {
    this.#buffer = poisonedBufferOf(poison)
    const block = Buffer.concat([Buffer.from([0, MESSAGE.length]), MESSAGE])
    for (let i = 0; i < LOG_MESSAGES; i++) this.#publisher.append(block, 0, block.length)
    this.#publisher.flush(() => {})
  }

  take(bytes: Uint8Array, length: number): number {
    const { packet } = this.#publisher
    this.#buffer.place(bytes, length)
    const { at } = this.#buffer
    const answerBytes = this.#publisher.answer(this.#buffer.bytes.subarray(at, at + length), length)
    if (answerBytes < 0 || answerBytes > packet.length) throw new FuzzFault(`an answer of ${answerBytes} bytes`)
    let digest = answerBytes
    for (let i = 0; i < answerBytes; i++) digest = mix(digest, packet[i]!)
    return digest
  }

  report(): unknown {
    return [...this.#publisher.counts]
  }
}

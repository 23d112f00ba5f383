import type { TcpState } from '../../host/tcp-connection.ts'

/** A connection that never blocks, as `TcpConnection` is; tests put others in its place. */
export interface ByteStream {
  readonly state: TcpState
  readonly closeReason: string
  /** Looks whether a connection in the making is made. */
  poll(): TcpState
  /** @returns bytes received; 0 for none */
  receive(bytes: Uint8Array, at: number, length: number): number
  /** @returns bytes taken; 0 for none */
  send(bytes: Uint8Array, at: number, length: number): number
  /** By `SendStampFact`: what `takeSendStamps` took. */
  readonly sendStamps?: Uint32Array
  /** Takes the times at which bytes were handed to the wire; left out where nobody tells. @returns how many */
  takeSendStamps?(): number
  close(): void
}

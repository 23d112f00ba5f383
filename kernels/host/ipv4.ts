import { requireInteger } from './arguments.ts'

const ANY = 0

/** A place that sockets speak to: an IPv4 address as a number (0 for any) and a port. */
export interface Ipv4Endpoint {
  readonly address: number
  readonly port: number
}

/**
 * An IPv4 address in its four numbers, as one.
 * @throws RangeError for anything else; names are not looked up
 */
export function parseIpv4(text: string): number {
  const parts = /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : []
  if (parts.length !== 4 || parts.some((part) => part > 255)) throw new RangeError(`${text} is no IPv4 address`)
  return parts.reduce((address, part) => address * 256 + part, 0)
}

/** An address in its four numbers. */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

/**
 * An address and a port as `10.0.0.1:18000`; `*` is any address.
 * @throws RangeError for anything else
 */
export function parseEndpoint(text: string): Ipv4Endpoint {
  const at = text.lastIndexOf(':')
  const port = /^\d{1,5}$/.test(text.slice(at + 1)) ? Number(text.slice(at + 1)) : -1
  if (at < 0 || port < 0 || port > 65535) throw new RangeError(`${text} is no address and port, such as 10.0.0.1:18000`)
  const host = text.slice(0, at)
  return { address: host === '*' ? ANY : parseIpv4(host), port }
}

/** An address and a port as `10.0.0.1:18000`. */
export function formatEndpoint({ address, port }: Ipv4Endpoint): string {
  return `${address === ANY ? '*' : formatIpv4(address)}:${port}`
}

/** Whether datagrams to the address go to a group (224.0.0.0/4). */
export function isGroup(address: number): boolean {
  return address >>> 28 === 0xe
}

/** @throws RangeError when the numbers are no endpoint */
export function requireEndpoint({ address, port }: Ipv4Endpoint): void {
  requireInteger('address', address, 0, 0xffffffff)
  requireInteger('port', port, 0, 65535)
}

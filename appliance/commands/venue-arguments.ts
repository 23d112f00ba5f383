import { isIPv4 } from 'node:net'
import { InvalidArgumentError } from 'commander'
import { SelfMatch } from '../../feeds/matching/engine-codes.ts'
import { OuchVersion } from '../../feeds/ouch/versions.ts'

/** A user as it is written on the command line. */
export interface UserText {
  readonly username: string
  readonly password: string
  readonly version: OuchVersion
  readonly firm: string
}

const PORT_MAX = 65_535

/** Parses an option that may be given again and again. */
export function collect<T>(parse: (text: string) => T): (text: string, before: readonly T[]) => readonly T[] {
  return (text, before) => [...before, parse(text)]
}

/** Parses a whole number between bounds. */
export function parseWhole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll('_', ''))
    if (/^[\d_]+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`from ${least} to ${most}.`)
  }
}

/** Parses a port, 0 for any that is free. */
export const parsePort: (text: string) => number = parseWhole(0, PORT_MAX)

/** Parses an IPv4 address and a port. */
export function parseTarget(text: string): { readonly host: string; readonly port: number } {
  const [host = '', port = '', ...rest] = text.split(':')
  if (!isIPv4(host) || rest.length > 0 || !/^\d+$/.test(port) || Number(port) < 1 || Number(port) > PORT_MAX) {
    throw new InvalidArgumentError('write it as 239.1.1.1:26400.')
  }
  return { host, port: Number(port) }
}

/** Parses a pace: a number above 0, or `max`. */
export function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const speed = Number(text)
  if (!/^[\d.]+$/.test(text) || !(speed > 0)) throw new InvalidArgumentError('a number above 0, or max.')
  return speed
}

/** Parses what is done when a user would trade with itself. */
export function parseSelfMatch(text: string): SelfMatch {
  const policies = new Map([
    ['off', SelfMatch.Allowed],
    ['oldest', SelfMatch.CancelOldest],
    ['newest', SelfMatch.CancelNewest],
  ])
  const policy = policies.get(text)
  if (policy === undefined) throw new InvalidArgumentError('off, oldest or newest.')
  return policy
}

/** Parses `name:password:version:FIRM`. */
export function parseUser(text: string): UserText {
  const [username = '', password = '', version = '', firm = '', ...rest] = text.split(':')
  const isKnown = version === '42' || version === '50'
  if (!isKnown || rest.length > 0 || !fits(username, 6) || !fits(password, 10) || !fits(firm, 4)) {
    throw new InvalidArgumentError('write it as alice:secret:50:ALIC: up to 6, 10 and 4 letters, version 42 or 50.')
  }
  return { username, password, version: version === '42' ? OuchVersion.V42 : OuchVersion.V50, firm }
}

/** Parses `FIRM:password`. */
export function parseDropCopy(text: string): readonly [firm: string, password: string] {
  const [firm = '', password = '', ...rest] = text.split(':')
  if (rest.length > 0 || !fits(firm, 4) || !fits(password, 10)) {
    throw new InvalidArgumentError('write it as ALIC:secret: up to 4 and 10 letters.')
  }
  return [firm, password]
}

function fits(text: string, lettersMax: number): boolean {
  return text.length >= 1 && text.length <= lettersMax && /^[!-~]+$/.test(text)
}

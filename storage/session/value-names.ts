import { RejectReason } from '../../kernels/records/catalogue.ts'

/** Name of an enumeration's member in lower camel case; the number where it has none. */
export function memberName(members: Readonly<Record<number, string>>, value: number): string {
  const name = members[value] ?? `${value}`
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** Why something was refused, without the word for who refused it: that stands beside it. */
export function rejectReasonName(reason: number): string {
  const name = memberName(RejectReason, reason).replace(/^venue/, '')
  return name.charAt(0).toLowerCase() + name.slice(1)
}

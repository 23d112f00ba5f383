/**
 * A whole number of units as a decimal: 1234500 with exponent −4 is "123.4500". All digits of the exponent are kept, so that
 * nothing of the number's precision is lost or invented; `trimDecimal` shortens it for people.
 */
export function formatDecimal(units: number | bigint, exponent: number): string {
  if (typeof units === 'number' && !Number.isInteger(units)) return String(units * 10 ** exponent)
  const whole = BigInt(units)
  if (exponent >= 0) return (whole * 10n ** BigInt(exponent)).toString()
  const digits = (whole < 0n ? -whole : whole).toString().padStart(1 - exponent, '0')
  return `${whole < 0n ? '-' : ''}${digits.slice(0, exponent)}.${digits.slice(exponent)}`
}

/** A decimal without the zeros at its end, but with two digits behind the point where it has as many. */
export function trimDecimal(text: string): string {
  const point = text.indexOf('.')
  if (point < 0) return text
  let end = text.length
  while (end > point + 3 && text.charCodeAt(end - 1) === 0x30) end--
  return text.slice(0, end)
}

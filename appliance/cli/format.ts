/** How numbers are shown to people. Machines read `--json`, which holds them unformatted. */

/** Thousands separated by commas: 1234567 is "1,234,567"; `decimals` digits follow the point. */
export function formatCount(value: number | bigint, decimals = 0): string {
  if (typeof value === 'bigint') return groupDigits(value.toString())
  if (!Number.isFinite(value)) return 'n/a'
  const [whole, fraction] = value.toFixed(decimals).split('.')
  const grouped = groupDigits(whole!)
  const isZero = Number(value.toFixed(decimals)) === 0
  const signed = isZero ? grouped.replace('-', '') : grouped
  return fraction === undefined ? signed : `${signed}.${fraction}`
}

/** A count and what it counts, in the plural unless it is one: "1 packet", "1,234 packets". */
export function formatAmount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Money with its sign and two decimals: "+1,234.50", "-3.00", "0.00". */
export function formatMoney(value: number): string {
  const text = formatCount(value, 2)
  return value > 0 && text !== '0.00' ? `+${text}` : text
}

/** A duration in the unit that leaves one to three digits before the point: "150 ns", "12.3 µs", "4.56 ms", "1.20 s". */
export function formatNs(valueNs: number): string {
  if (!Number.isFinite(valueNs)) return 'n/a'
  const magnitude = Math.abs(valueNs)
  if (magnitude < 999.5) return `${formatCount(valueNs)} ns`
  if (magnitude < 999_500) return `${threeDigits(valueNs / 1e3)} µs`
  if (magnitude < 999_500_000) return `${threeDigits(valueNs / 1e6)} ms`
  if (magnitude < 120e9) return `${threeDigits(valueNs / 1e9)} s`
  return formatClockSpan(valueNs)
}

function threeDigits(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude < 9.995) return value.toFixed(2)
  return magnitude < 99.95 ? value.toFixed(1) : value.toFixed(0)
}

function formatClockSpan(valueNs: number): string {
  const totalSeconds = Math.round(valueNs / 1e9)
  const minutes = Math.floor(totalSeconds / 60) % 60
  const hours = Math.floor(totalSeconds / 3600)
  const seconds = totalSeconds % 60
  if (hours >= 48) return `${formatCount(Math.floor(hours / 24))} d ${hours % 24} h`
  return hours === 0 ? `${minutes} min ${seconds} s` : `${hours} h ${minutes} min`
}

/** Binary units: "512 B", "1.5 KiB", "64 MiB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const text = Number.isInteger(value) ? formatCount(value) : value.toFixed(1)
  return `${text} ${units[unit]}`
}

/** A rate in thousands, millions or billions a second: "64.2 M/s". */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return 'n/a'
  if (perSecond >= 1e9) return `${(perSecond / 1e9).toFixed(2)} G/s`
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)} M/s`
  if (perSecond >= 1e4) return `${(perSecond / 1e3).toFixed(0)} k/s`
  return `${formatCount(perSecond)} /s`
}

/** Share of a whole: "12.3 %"; a whole of zero gives "0.0 %". */
export function formatShare(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (part / whole) * 100).toFixed(1)} %`
}

/** ns since the Unix epoch as UTC with nanoseconds: "2019-12-30 14:30:00.123456789 UTC". */
export function formatUtcNs(timeNs: bigint): string {
  const seconds = timeNs / 1_000_000_000n
  const fraction = (timeNs % 1_000_000_000n).toString().padStart(9, '0')
  const text = new Date(Number(seconds) * 1000).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${fraction} UTC`
}

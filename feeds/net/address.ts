/** An IPv4 address from its word in wire order. */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

/**
 * An IPv6 address from its four words in wire order, as RFC 5952 writes it: lower case, the first longest run of at least two
 * zero groups left out, an IPv4-mapped address with its last word dotted.
 */
export function formatIpv6(words: readonly number[]): string {
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff
  if (isMapped) return `::ffff:${formatIpv4(words[3]!)}`
  const groups = words.flatMap((word) => [(word >>> 16) & 0xffff, word & 0xffff])
  const { from, length } = findZeroRun(groups)
  const format = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (length < 2) return format(groups)
  return `${format(groups.slice(0, from))}::${format(groups.slice(from + length))}`
}

function findZeroRun(groups: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 }
  for (let from = 0; from < groups.length; from++) {
    let length = 0
    while (groups[from + length] === 0) length++
    if (length > best.length) best = { from, length }
  }
  return best
}

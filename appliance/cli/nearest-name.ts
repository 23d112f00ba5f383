/**
 * The known name that a misspelt one most likely meant, or undefined when none is near.
 * Near is at most a third of the longer name in Damerau–Levenshtein distance (optimal string alignment), case ignored.
 */
export function findNearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const distance = editDistance(simplify(name), simplify(candidate))
    const allowed = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))
    if (distance > allowed || distance >= bestDistance) continue
    best = candidate
    bestDistance = distance
  }
  return best
}

/** The known names nearest to a misspelt one, the nearest first; those that are far leave room for none. */
export function findNearestNames(name: string, known: Iterable<string>, most: number): string[] {
  const wanted = simplify(name)
  return [...known]
    .map((candidate) => [editDistance(wanted, simplify(candidate)), candidate] as const)
    .filter(([distance, candidate]) => distance < Math.max(wanted.length, candidate.length))
    .sort(([a, left], [b, right]) => a - b || left.length - right.length || (left < right ? -1 : 1))
    .slice(0, most)
    .map(([, candidate]) => candidate)
}

/** Separators and case are what people get wrong first: `feed-latency-ns` means `feedLatencyNs`. */
function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '')
}

function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      let distance = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (isSame ? 0 : 1))
      const isSwap = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (isSwap) distance = Math.min(distance, beforePrevious[column - 2]! + 1)
      current.push(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length]!
}

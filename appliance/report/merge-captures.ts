import type { CaptureFacts } from '../../feeds/inspect/inspect-capture.ts'

type Counts = Readonly<Record<string, number>>

/** What several capture files hold together; the files one by one are under `files`. */
export interface CaptureTotals {
  readonly packets: number
  readonly bytes: number
  readonly firstTimeNs: string
  readonly lastTimeNs: string
  readonly messages: Readonly<Record<string, Counts>>
  readonly sessions: CaptureFacts['sessions']
  readonly undecoded: Counts
  readonly files: readonly CaptureFacts[]
}

function addCounts(all: readonly Counts[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count
  }
  return sum
}

/** The earliest (-1) or latest (1) of decimal strings, by value. Files that hold nothing have no say. */
function extremeTime(facts: readonly CaptureFacts[], times: readonly string[], direction: 1 | -1): string {
  const told = times.filter((_, index) => Object.keys(facts[index]!.messages).length > 0 || facts[index]!.packets > 0)
  return told.reduce(
    (best, time) => ((BigInt(time) - BigInt(best)) * BigInt(direction) > 0n ? time : best),
    told[0] ?? '0',
  )
}

/** Adds up what was found in several files; sessions stay apart, each as its file holds it. */
export function mergeCaptures(files: readonly CaptureFacts[]): CaptureTotals {
  const protocols = [...new Set(files.flatMap((facts) => Object.keys(facts.messages)))]
  const messages = protocols.map((name) => [name, addCounts(files.map((facts) => facts.messages[name] ?? {}))])
  const firstTimes = files.map((facts) => facts.firstTimeNs)
  const lastTimes = files.map((facts) => facts.lastTimeNs)
  return {
    packets: files.reduce((sum, facts) => sum + facts.packets, 0),
    bytes: files.reduce((sum, facts) => sum + facts.bytes, 0),
    firstTimeNs: extremeTime(files, firstTimes, -1),
    lastTimeNs: extremeTime(files, lastTimes, 1),
    messages: Object.fromEntries(messages),
    sessions: files.flatMap((facts) => facts.sessions),
    undecoded: addCounts(files.map((facts) => facts.undecoded)),
    files,
  }
}

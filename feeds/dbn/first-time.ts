import { RecordAt } from './layout.ts'
import { MetadataAt, PRELUDE_BYTES } from './metadata-layout.ts'
import { isDbnMagic } from './recognise.ts'

const SECONDS_PER_DAY = 86_400
const NS_PER_SECOND = 1_000_000_000n
const UNDEFINED = 0xffff_ffff_ffff_ffffn

/**
 * When a file begins, by its first bytes: the time of its first record where that is among them, else the begin of the range
 * that was asked for. A range from midnight UTC on means the day of that date wherever the exchange is, so its noon is given.
 * @returns seconds since 1970, or undefined where nothing tells
 */
export function findFirstSeconds(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  if (head.length < PRELUDE_BYTES || !isDbnMagic(head, 0)) return readSeconds(view, RecordAt.TsEvent)
  const recordsAt = PRELUDE_BYTES + view.getUint32(MetadataAt.Length, true)
  const seconds = readSeconds(view, recordsAt + RecordAt.TsEvent)
  if (seconds !== undefined) return seconds
  const start = readSeconds(view, MetadataAt.Start)
  return start === undefined || start % SECONDS_PER_DAY !== 0 ? start : start + SECONDS_PER_DAY / 2
}

function readSeconds(view: DataView, at: number): number | undefined {
  if (at + 8 > view.byteLength) return undefined
  const timeNs = view.getBigUint64(at, true)
  return timeNs === UNDEFINED || timeNs === 0n ? undefined : Number(timeNs / NS_PER_SECOND)
}

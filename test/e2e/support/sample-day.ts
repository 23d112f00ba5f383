import { join } from 'node:path'
import { generateSession } from '../../../feeds/generate/generate-session.ts'

const SECOND_NS = 1_000_000_000

/** A small generated day: quick to replay, still with auctions, halts and ties in time. @returns its path */
export async function writeSampleDay(folder: string, messages = 40_000): Promise<string> {
  const path = join(folder, 'day.itch')
  await generateSession({
    seed: 5,
    symbols: 12,
    messages,
    rawPath: path,
    startTimeNs: 34_080 * SECOND_NS,
    openTimeNs: 34_200 * SECOND_NS,
    closeTimeNs: 35_280 * SECOND_NS,
    endTimeNs: 35_370 * SECOND_NS,
  })
  return path
}

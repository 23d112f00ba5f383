import { errnoNameOf, JournalIoError, JournalOperation } from './errors.ts'
import type { SegmentFile } from './segment-storage.ts'

/** Reads until `length` bytes are there or the file ends. @throws JournalIoError */
export function readFully(file: SegmentFile, bytes: Uint8Array, offset: number, length: number, at: number): number {
  let done = 0
  try {
    while (done < length) {
      const count = file.read(bytes, offset + done, length - done, at + done)
      if (count === 0) break
      done += count
    }
  } catch (error) {
    throw new JournalIoError(JournalOperation.Read, errnoNameOf(error), `${file.name} offset ${at + done}`, error)
  }
  return done
}

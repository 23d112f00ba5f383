import type { BackgroundSync } from '../../../storage/journal/background-sync.ts'
import type { SegmentFile } from '../../../storage/journal/segment-storage.ts'
import { PowerCut } from './memory-storage.ts'

/**
 * A sync beside the writer at its worst: it takes to the disk only what was written when it was begun, and its result, good or
 * bad, is seen later.
 */
export class DeferredSync implements BackgroundSync {
  #refusal: unknown

  begin(file: SegmentFile): boolean {
    this.#refusal = undefined
    try {
      file.sync()
    } catch (error) {
      if (error instanceof PowerCut) throw error
      this.#refusal = error
    }
    return true
  }

  isOver(): boolean {
    return true
  }

  end(): void {
    if (this.#refusal !== undefined) throw this.#refusal
  }
}

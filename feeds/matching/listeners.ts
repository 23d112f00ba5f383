import type { MatchListener } from './engine-codes.ts'

/** Several listeners of one engine, each told in turn; they are added once the engine is there for them to read. */
export class Listeners implements MatchListener {
  private readonly all: MatchListener[] = []

  add(listener: MatchListener): void {
    this.all.push(listener)
  }

  take(): void {
    for (let i = 0; i < this.all.length; i++) this.all[i]!.take()
  }
}

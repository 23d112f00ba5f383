import type { ModelDisplayed, ModelOwn } from './venue-model.ts'
import { VenueRequestModel } from './venue-requests.ts'

const better = (side: number, price: number, other: number) => (side === 0 ? price > other : price < other)
const reaches = (side: number, price: number, other: number) => price === other || better(side, price, other)

/**
 * The venue's rules for books of levels, as plainly as possible: a level is one displayed order of unknown inside, and
 * the queue ahead of an own order is a number.
 */
export class LevelVenueModel extends VenueRequestModel {
  private readonly aheadOf = new Map<ModelOwn, number>()
  private readonly broken = new Map<number, 'cleared' | 'stale'>()
  private readonly topOnly = new Set<number>()
  private nextReference = 1

  private isMatching(instrument: number): boolean {
    return !this.halted.has(instrument) && !this.broken.has(instrument)
  }

  private levelAt(instrument: number, side: number, price: number): ModelDisplayed | undefined {
    return this.displayed.find((l) => l.instrument === instrument && l.side === side && l.price === price)
  }

  private best(instrument: number, side: number): ModelDisplayed | undefined {
    const levels = this.displayed.filter((l) => l.instrument === instrument && l.side === side)
    return levels.sort((a, b) => (better(side, a.price, b.price) ? -1 : 1))[0]
  }

  /** What a record that is no part of a snapshot does before anything else. */
  touch(instrument: number, isSnapshot: boolean): void {
    if (!isSnapshot && this.broken.get(instrument) === 'cleared') this.setWhole(instrument)
  }

  /** @returns whether a level came up or grew; undefined when nothing changed */
  private show(instrument: number, side: number, price: number, quantity: number): boolean | undefined {
    const level = this.levelAt(instrument, side, price)
    if (level === undefined && quantity === 0) return undefined
    if (level === undefined) {
      this.displayed.push({ reference: this.nextReference++, instrument, side, price, quantity, taken: 0 })
      return true
    }
    if (level.quantity === quantity) return undefined
    const hasGrown = quantity > level.quantity
    level.quantity = quantity
    level.taken = Math.min(level.taken, quantity)
    if (quantity === 0) this.displayed = this.displayed.filter((other) => other !== level)
    return hasGrown
  }

  private meetLevel(level: ModelDisplayed | undefined): void {
    if (level === undefined || !this.isMatching(level.instrument)) return
    for (const own of this.resting(level.instrument, 1 - level.side)) {
      const quantity = Math.min(own.leaves, level.quantity - level.taken)
      if (quantity <= 0 || !reaches(own.side, own.price, level.price)) return
      level.taken += quantity
      this.fill(own, quantity, own.price, 1)
    }
  }

  setLevel(instrument: number, side: number, price: number, quantity: number): void {
    this.topOnly.delete(instrument)
    const hasGrown = this.show(instrument, side, price, quantity)
    if (hasGrown === undefined) return
    for (const own of this.resting(instrument, side)) {
      if (own.price === price) this.aheadOf.set(own, Math.min(this.aheadOf.get(own)!, quantity))
    }
    if (hasGrown) this.meetLevel(this.levelAt(instrument, side, price))
  }

  setTop(instrument: number, sides: readonly { price: number; quantity: number }[]): void {
    this.topOnly.add(instrument)
    const old = [0, 1].map((side) => this.best(instrument, side))
    const before = old.map((level) => level && { price: level.price, quantity: level.quantity })
    for (const [side, { price, quantity }] of sides.entries()) {
      this.displayed = this.displayed.filter(
        (l) => l.instrument !== instrument || l.side !== side || (quantity > 0 && l.price === price),
      )
      this.show(instrument, side, price, quantity)
    }
    for (const side of [0, 1]) {
      const best = this.best(instrument, side)
      for (const own of this.resting(instrument, side)) {
        if (best === undefined || better(side, own.price, best.price)) this.aheadOf.set(own, 0)
        else if (own.price === best.price) this.aheadOf.set(own, Math.min(this.aheadOf.get(own)!, best.quantity))
      }
      const was = before[side]
      if (best !== undefined && (was?.price !== best.price || best.quantity > was.quantity)) this.meetLevel(best)
    }
  }

  override trade(instrument: number, price: number, quantity: number): void {
    if (!this.isMatching(instrument)) return
    let budget = quantity
    for (const side of [0, 1]) {
      for (const own of this.resting(instrument, side)) {
        if (!reaches(side, own.price, price)) break
        let offered = budget
        if (own.price === price) {
          const ahead = this.aheadOf.get(own)!
          if (ahead > 0 && this.levelAt(instrument, side, price) === undefined) continue
          this.aheadOf.set(own, Math.max(0, ahead - quantity))
          offered -= ahead
        }
        const share = Math.min(own.leaves, offered)
        if (share <= 0) continue
        budget -= share
        this.fill(own, share, own.price, 1)
      }
    }
  }

  override setHalted(instrument: number, isHalted: boolean): void {
    const was = this.isMatching(instrument)
    if (isHalted) this.halted.add(instrument)
    else this.halted.delete(instrument)
    if (!was && this.isMatching(instrument)) this.resume(instrument)
  }

  clear(instrument: number, sides: number): void {
    this.displayed = this.displayed.filter((l) => l.instrument !== instrument || (sides !== 2 && l.side !== sides))
    if (this.broken.get(instrument) === undefined) this.broken.set(instrument, 'cleared')
  }

  setStale(instrument: number): void {
    this.broken.set(instrument, 'stale')
  }

  setWhole(instrument: number): void {
    if (!this.broken.delete(instrument)) return
    for (const side of [0, 1]) for (const own of this.resting(instrument, side)) this.standLast(own)
    if (this.isMatching(instrument)) this.resume(instrument)
  }

  private resume(instrument: number): void {
    for (const side of [0, 1]) for (const own of this.resting(instrument, side)) this.take(own, true, true)
  }

  private standLast(own: ModelOwn): void {
    const level = this.levelAt(own.instrument, own.side, own.price)
    const best = this.best(own.instrument, own.side)
    const isUnseen = this.topOnly.has(own.instrument) && best !== undefined && better(own.side, best.price, own.price)
    this.aheadOf.set(own, level?.quantity ?? (isUnseen ? Number.POSITIVE_INFINITY : 0))
  }

  override settle(own: ModelOwn, limited: boolean, immediate: boolean): void {
    if (this.isMatching(own.instrument)) this.take(own, limited, false)
    if (own.leaves === 0) return
    if (immediate) {
      this.cancel(own, 2)
      return
    }
    own.resting = true
    this.restingOrder.push(own)
    this.standLast(own)
  }
}

import { INTERFACES_MAX } from './pcapng-layout.ts'

/** Most files have one or two. */
const INTERFACES_FIRST = 8

/** Interfaces of a pcapng section. It grows with those that are there, up to `INTERFACES_MAX`; further ones are refused. */
export class InterfaceTable {
  /** Interfaces that are held. */
  count = 0
  linkTypes = new Int32Array(INTERFACES_FIRST)
  snapLengths = new Float64Array(INTERFACES_FIRST)
  unitsPerSecond = new Float64Array(INTERFACES_FIRST)
  offsetSeconds = new Float64Array(INTERFACES_FIRST)

  clear(): void {
    this.count = 0
  }

  /** Makes a place for one more. @returns its index, −1 when all are taken */
  add(): number {
    if (this.count === INTERFACES_MAX) return -1
    if (this.count === this.linkTypes.length) this.#grow()
    return this.count++
  }

  #grow(): void {
    const length = Math.min(INTERFACES_MAX, 2 * this.count)
    this.linkTypes = copyInto(new Int32Array(length), this.linkTypes)
    this.snapLengths = copyInto(new Float64Array(length), this.snapLengths)
    this.unitsPerSecond = copyInto(new Float64Array(length), this.unitsPerSecond)
    this.offsetSeconds = copyInto(new Float64Array(length), this.offsetSeconds)
  }
}

function copyInto<T extends Int32Array | Float64Array>(target: T, source: T): T {
  target.set(source)
  return target
}

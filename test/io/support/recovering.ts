/** A successor's start, in pieces: from one pause to the next. */
export class Recovering {
  readonly #start: () => Promise<void>
  #end: Promise<boolean> | undefined
  #wake = () => {}
  #tellPause = (_isBack: boolean) => {}

  constructor(start: () => Promise<void>) {
    this.#start = start
  }

  /** Goes on until it pauses or is done. @returns whether it is done */
  goOn(): Promise<boolean> {
    const paused = new Promise<boolean>((resolve) => {
      this.#tellPause = resolve
    })
    if (this.#end === undefined) this.#end = this.#start().then(() => true)
    else this.#wake()
    return Promise.race([paused, this.#end])
  }

  pause(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#tellPause(false)
    return woken
  }
}

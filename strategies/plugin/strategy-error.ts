/** A request that a strategy may not make: what it asked for and what is allowed. Left uncaught, it stops the strategy. */
export class StrategyError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'StrategyError'
    this.code = code
  }
}

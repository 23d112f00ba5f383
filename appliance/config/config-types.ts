/** A plugin and the values of its parameters; the plugin's own declaration validates them. */
export interface StrategyChoice {
  /** Path of the plugin's source. */
  readonly path: string
  readonly params: Readonly<Record<string, string | number | boolean>>
}

/** Roles that own or share a core. */
export type CoreRole = 'io' | 'strategy' | 'storage' | 'housekeeping'

/** Which cores the configuration asks for. */
export type CoreChoice = 'auto' | Readonly<Partial<Record<CoreRole, number>>>

import type { ConfigOf } from './setting-kinds.ts'
import type { SETTINGS } from './settings.ts'

/** A complete, validated configuration: every setting has a value, every path is absolute. */
export interface ApplianceConfig extends ConfigOf<typeof SETTINGS> {}

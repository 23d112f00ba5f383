/** One line of a pass sheet. */
export interface SheetRow {
  /** Of the scenario's file; 0 for what holds of every scenario. */
  readonly line: number
  /** Something that was done, or something that was expected. */
  readonly kind: 'done' | 'expected'
  readonly text: string
  readonly seen: string
  readonly isPassed: boolean
}

/** What came of one scenario; field names are relied on by scripts. */
export interface ScenarioResult {
  readonly name: string
  readonly about: string
  readonly isPassed: boolean
  readonly rows: readonly SheetRow[]
  /** Folder of the session's journal; empty where there is none. */
  readonly journal: string
  readonly elapsedMs: number
}

/** What came of a rehearsal. */
export interface PassSheet {
  readonly isPassed: boolean
  readonly passed: number
  readonly failed: number
  readonly scenarios: readonly ScenarioResult[]
}

import type { FuzzTarget } from '../../feeds/fuzz/target.ts'
import { listFuzzTargets } from '../../feeds/fuzz/targets.ts'
import { textTarget } from '../../feeds/fuzz/text-target.ts'
import { resolveParams } from '../../kernels/strategy/params.ts'
import type { ParamDeclarations } from '../../strategies/plugin/params.ts'
import { parseParam } from '../commands/run-options.ts'
import { buildConfig } from '../config/read-config.ts'
import { parseDayFile } from '../day/start-of-day.ts'
import { journalTarget } from './journal-target.ts'

/** Where relative paths of the texts would lie; nothing is looked for there. */
const FOLDER = '/fuzz'

/** A parameter of each type. */
const DECLARED: ParamDeclarations = {
  size: { type: 'integer', default: 100, min: 1, max: 1000, unit: 'shares', about: 'quantity' },
  skew: { type: 'number', default: 1.5, min: 0, unit: 'ticks', about: 'shift' },
  coolDown: { type: 'duration', default: 5_000_000, min: 1000, about: 'pause' },
  passive: { type: 'boolean', default: true, about: 'join only' },
  mode: { type: 'choice', choices: ['join', 'improve'], default: 'join', about: 'how' },
  note: { type: 'text', default: '', about: 'free' },
}

const PARAMS = `size=250
skew=2e1
coolDown=1.5s
passive=false
mode=improve
note=any text
symbols=AAPL,MSFT
symbolsMax=3`

/** The first seed is cut at every byte: a short one shows as much. */
const SMALL_CONFIG = `instance: desk-1
seed: 7 # any
gate: { opens: 09:30 }
`

const CONFIG = `instance: desk-1
feed: { files: [day.pcap, "b.pcap"], timeZone: Europe/London, date: 2019-12-30 }
strategies:
  - inventory-skew-maker
  - path: ./mine.ts
    params: { size: 1_000, note: 'x', on: true }
gate:
  maxQuantity: &most 5_000
  shortPositionMax: *most
  symbols: { XYZ: { maxQuantity: 100, restricted: true, located: 500 } }
  opens: 09:30
commands:
  - { at: 10:00, do: kill, symbol: XYZ, who: desk, why: news }
speed: 10
seed: 7 # any
`

const SMALL_DAY = `date: 2025-01-15
restricted: [MSFT, "1"]
positions: []
`

const DAY = `date: 2025-01-15
previous: ../day.yaml
positions:
  - {strategy: maker, symbol: AAPL, quantity: -100, averagePrice: 228.5}
  - strategy: taker
    symbol: "123"
    quantity: 7
    averagePrice: 0
instruments:
  - {symbol: AAPL, tickSize: 0.05, lot: 100}
restricted: [MSFT, AAPL]
`

const END_OF_DAY = `kind: end-of-day
date: 2025-01-15
session: main-1
positions:
  - {strategy: maker, symbol: AAPL, quantity: 5, averagePrice: 1, markPrice: 2, pnlRealised: 0, fills: 3}
`

/**
 * Everything that reads bytes from outside: feeds and captures, journals, and what people write.
 * @param paths capture files whose contents the mutations begin with, too
 * @throws CaptureError when one of them is no capture
 */
export function listAllFuzzTargets(paths: readonly string[]): FuzzTarget[] {
  return [
    ...listFuzzTargets(paths),
    journalTarget(),
    textTarget('configuration', [SMALL_CONFIG, CONFIG], (text) => buildConfig(text, 'fuzz.yaml', [], FOLDER)),
    textTarget('day-file', [SMALL_DAY, DAY, END_OF_DAY], (text) => parseDayFile(text, `${FOLDER}/day.yaml`)),
    textTarget('params', [PARAMS], resolveLines),
  ]
}

function resolveLines(text: string): unknown {
  return resolveParams('fuzz', 'fuzz.ts', DECLARED, Object.fromEntries(text.split('\n').map(parseParam)))
}

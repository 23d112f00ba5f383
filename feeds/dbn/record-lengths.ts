import { DEFINITION_V1, DEFINITION_V2, DEFINITION_V3 } from './definition-layout.ts'
import {
  BarAt,
  GatewayAt,
  ImbalanceAt,
  LENGTH_UNIT_BYTES,
  LevelAt,
  MappingAt,
  MappingV1At,
  MBP10_LEVELS,
  MboAt,
  MbpAt,
  RType,
  StatisticsAt,
  StatisticsV3At,
  StatusAt,
  TS_OUT_BYTES,
} from './layout.ts'

const ONE_LEVEL_BYTES = MbpAt.Levels + LevelAt.Bytes

/** Lengths of each record type: of version 1, and what versions 2 and 3 changed. */
const LENGTHS: readonly (readonly [type: RType, v1Bytes: number, v2Bytes?: number, v3Bytes?: number])[] = [
  [RType.Trade, MbpAt.Levels],
  [RType.Mbp1, ONE_LEVEL_BYTES],
  [RType.Mbp10, MbpAt.Levels + MBP10_LEVELS * LevelAt.Bytes],
  [RType.BarUnspecified, BarAt.Bytes],
  [RType.Status, StatusAt.Bytes],
  [RType.Definition, DEFINITION_V1.bytes, DEFINITION_V2.bytes, DEFINITION_V3.bytes],
  [RType.Imbalance, ImbalanceAt.Bytes],
  [RType.Error, GatewayAt.BytesV1, GatewayAt.Bytes],
  [RType.SymbolMapping, MappingV1At.Bytes, MappingAt.Bytes],
  [RType.System, GatewayAt.BytesV1, GatewayAt.Bytes],
  [RType.Statistics, StatisticsAt.Bytes, undefined, StatisticsV3At.Bytes],
  [RType.Bar1s, BarAt.Bytes],
  [RType.Bar1m, BarAt.Bytes],
  [RType.Bar1h, BarAt.Bytes],
  [RType.Bar1d, BarAt.Bytes],
  [RType.BarEndOfDay, BarAt.Bytes],
  [RType.Mbo, MboAt.Bytes],
  [RType.Cmbp1, ONE_LEVEL_BYTES],
  [RType.Cbbo1s, ONE_LEVEL_BYTES],
  [RType.Cbbo1m, ONE_LEVEL_BYTES],
  [RType.Tcbbo, ONE_LEVEL_BYTES],
  [RType.Bbo1s, ONE_LEVEL_BYTES],
  [RType.Bbo1m, ONE_LEVEL_BYTES],
]

/** 1 for the known record types. */
export const IS_RTYPE = new Uint8Array(256)

/**
 * Which version's layout a record has, by `rtype << 8 | length in words`; 0 where no version has such a record. A type
 * that did not change has the layout of version 1 in all of them. Records with a send time behind them count as without.
 */
export const LAYOUT_VERSION = new Uint8Array(1 << 16)

for (const [type, ...lengths] of LENGTHS) {
  IS_RTYPE[type] = 1
  lengths.forEach((bytes, index) => {
    if (bytes === undefined) return
    for (const length of [bytes, bytes + TS_OUT_BYTES]) {
      const key = (type << 8) | (length / LENGTH_UNIT_BYTES)
      if (LAYOUT_VERSION[key] !== 0) throw new Error(`two versions of record type ${type} have ${length} bytes`)
      LAYOUT_VERSION[key] = index + 1
    }
  })
}

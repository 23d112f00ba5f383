import { BreakCause, ExecutionBreak, Header, SideMark } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { readText } from '../../kernels/region/region.ts'
import { scaleUnits } from '../../storage/session/units.ts'
import { memberName } from '../../storage/session/value-names.ts'
import type { BreakResult } from './live-types.ts'

const NAME_BYTES = ExecutionBreak.Bytes - ExecutionBreak.Name

/** Reads an ExecutionBreak record for the report. @param exponent of the instrument's prices */
export function readBreak(views: RecordViews, at: number, symbol: string, exponent: number): BreakResult {
  const word = (offset: number) => views.u32[(at + offset) >> 2]!
  const double = (offset: number) => views.f64[(at + offset) >> 3]!
  const price = (offset: number) => scaleUnits(double(offset), exponent)
  return {
    sequence: double(Header.Sequence),
    cause: memberName(BreakCause, word(ExecutionBreak.Cause)),
    strategy: views.u16[(at + Header.Source) >> 1]!,
    symbol,
    orderId: word(ExecutionBreak.OrderId),
    name: readText(views.u8.buffer, views.u8.byteOffset + at + ExecutionBreak.Name, NAME_BYTES),
    ownSide: memberName(SideMark, word(ExecutionBreak.OwnSide)),
    copySide: memberName(SideMark, word(ExecutionBreak.CopySide)),
    ownQuantity: double(ExecutionBreak.OwnQuantity),
    copyQuantity: double(ExecutionBreak.CopyQuantity),
    ownPrice: price(ExecutionBreak.OwnPrice),
    copyPrice: price(ExecutionBreak.CopyPrice),
  }
}

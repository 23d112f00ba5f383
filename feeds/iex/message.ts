import { Header } from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import type { RecordBatch } from '../record-batch.ts'
import { IexReject } from './counts.ts'

const WORD = 4294967296
/** High words within these bounds make prices that a double holds exactly. */
const EXACT_HIGH_MIN = -0x200000
const EXACT_HIGH_MAX = 0x1fffff

/** The message at hand: what the functions that turn messages into records read. */
export class IexMessage {
  bytes: Uint8Array = new Uint8Array(0)
  /** Over all of `bytes`: one checked load a field instead of one a byte. */
  view = new DataView(this.bytes.buffer)
  /** Offset of its type byte. */
  at = 0
  /** Its instrument's id; 0 for system events. */
  instrument = 0
  /** Feed line (flow) that brought it: the header's `Source` of its records. */
  line = 0
  /** [0] its time, ns since the session's epoch. */
  readonly timeNs: Float64Array
  /** Why it gives no record, when the function that decodes it returned 0. */
  fault = IexReject.UnknownCode

  constructor(timeNs: Float64Array) {
    this.timeNs = timeNs
  }
}

/** Writes the header of a record of the message behind the batch's last record. @returns the record's offset */
export function openRecord(message: IexMessage, bytes: number, type: number, batch: RecordBatch): number {
  const to = batch.usedBytes
  beginRecord(batch.views, to, bytes, type, message.instrument)
  batch.views.u32[(to + Header.Source) >> 2] = message.line
  return to
}

/** Stores the price at a field's offset into a slot of a record. @returns false when a double does not hold it exactly */
export function storePrice(message: IexMessage, field: number, f64: Float64Array, slot: number): boolean {
  const at = (message.at + field) | 0
  const high = message.view.getInt32((at + 4) | 0, true)
  if (high < EXACT_HIGH_MIN || high > EXACT_HIGH_MAX) {
    message.fault = IexReject.PriceOutOfRange
    return false
  }
  f64[slot] = high * WORD + message.view.getUint32(at, true)
  return true
}

/** Notes that the message holds a code that the specification has not. @returns 0, the number of its records */
export function rejectCode(message: IexMessage): number {
  message.fault = IexReject.UnknownCode
  return 0
}

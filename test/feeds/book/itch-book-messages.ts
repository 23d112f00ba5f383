import {
  Header,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
} from '../../../kernels/records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../../kernels/records/views.ts'

/** One message that concerns displayed orders, as a record in `views` at 0. */
export interface BookMessage {
  readonly type: string
  readonly locate: number
  readonly timeNs: number
}

/**
 * Reads a raw ITCH 5.0 file the slow way (DataView, one object a message) into records whose instrument is the locate
 * code + 1. Offsets from the Nasdaq TotalView-ITCH 5.0 specification, sections 1.3 (add order) and 1.4 (modify order).
 */
export function* readBookMessages(file: Uint8Array, views: RecordViews): Generator<BookMessage> {
  const data = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let start = 2; start < file.length; start += 2 + data.getUint16(start - 2)) {
    const type = String.fromCharCode(file[start]!)
    if (!'AFECXDU'.includes(type)) continue
    const locate = data.getUint16(start + 1)
    const timeNs = data.getUint16(start + 5) * 2 ** 32 + data.getUint32(start + 7)
    const reference = (low: number, high: number) => {
      views.u32[high >> 2] = data.getUint32(start + 11)
      views.u32[low >> 2] = data.getUint32(start + 15)
    }
    if (type === 'A' || type === 'F') {
      beginRecord(views, 0, OrderAdd.Bytes, RecordType.OrderAdd, locate + 1)
      reference(OrderAdd.ReferenceLow, OrderAdd.ReferenceHigh)
      views.u32[OrderAdd.Side >> 2] = file[start + 19] === 0x42 ? 0 : 1
      views.f64[OrderAdd.Quantity >> 3] = data.getUint32(start + 20)
      views.f64[OrderAdd.Price >> 3] = data.getUint32(start + 32)
    } else if (type === 'E' || type === 'C') {
      beginRecord(views, 0, OrderExecute.Bytes, RecordType.OrderExecute, locate + 1)
      reference(OrderExecute.ReferenceLow, OrderExecute.ReferenceHigh)
      views.f64[OrderExecute.Quantity >> 3] = data.getUint32(start + 19)
    } else if (type === 'X') {
      beginRecord(views, 0, OrderReduce.Bytes, RecordType.OrderReduce, locate + 1)
      reference(OrderReduce.ReferenceLow, OrderReduce.ReferenceHigh)
      views.f64[OrderReduce.Quantity >> 3] = data.getUint32(start + 19)
    } else if (type === 'D') {
      beginRecord(views, 0, OrderDelete.Bytes, RecordType.OrderDelete, locate + 1)
      reference(OrderDelete.ReferenceLow, OrderDelete.ReferenceHigh)
    } else {
      beginRecord(views, 0, OrderReplace.Bytes, RecordType.OrderReplace, locate + 1)
      reference(OrderReplace.ReferenceLow, OrderReplace.ReferenceHigh)
      views.u32[OrderReplace.NewReferenceHigh >> 2] = data.getUint32(start + 19)
      views.u32[OrderReplace.NewReferenceLow >> 2] = data.getUint32(start + 23)
      views.f64[OrderReplace.Quantity >> 3] = data.getUint32(start + 27)
      views.f64[OrderReplace.Price >> 3] = data.getUint32(start + 31)
    }
    views.f64[Header.Time >> 3] = timeNs
    yield { type, locate, timeNs }
  }
}

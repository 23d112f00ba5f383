/**
 * The fault slot: what the native fault handler leaves in the process's own region before it lets the process die of
 * SIGSEGV or SIGBUS. Written by native/fault.cc (which asserts the same offsets), read here by whoever survives.
 *
 *     0       4        8      12              16        24       32      40                48    52    56
 *     ┌───────┬────────┬──────┬───────────────┬─────────┬────────┬───────┬─────────────────┬─────┬─────┬─────────┐
 *     │ magic │ signal │ code │ mapping index │ address │ offset │ inode │ program counter │ pid │ tid │ time    │
 *     │ u32   │ i32    │ i32  │ i32, −1 none  │ u64     │ u64    │ u64   │ u64             │ i32 │ i32 │ f64, ns │
 *     └───────┴────────┴──────┴───────────────┴─────────┴────────┴───────┴─────────────────┴─────┴─────┴─────────┘
 *
 * The magic is stored last: without it there was no fault. `offset` and `inode` say where in which region file the
 * address lies, 0 when in none.
 * @module
 */
import { constants } from 'node:os'
import { hostAddon } from './addon.ts'
import { type Memory, requireWithin, toNative } from './arguments.ts'
import { requireSuccess } from './errors.ts'

enum FaultSlot {
  Magic = 0,
  Signal = 4,
  Code = 8,
  MappingIndex = 12,
  Address = 16,
  Offset = 24,
  Inode = 32,
  ProgramCounter = 40,
  Pid = 48,
  Tid = 52,
  Time = 56,
  End = 64,
}

/** "XFLT" as a little-endian word. */
const FAULT_MAGIC = 0x544c4658

export const FAULT_SLOT_SIZE_BYTES = FaultSlot.End

export interface FaultReport {
  readonly signal: 'SIGSEGV' | 'SIGBUS'
  /** `si_code` in words (sigaction(2)): what was wrong with the access. */
  readonly reason: string
  /** Hexadecimal. */
  readonly address: string
  readonly programCounter: string
  /** Place in the process's table of mappings, −1 when the address lies in no region. */
  readonly mappingIndex: number
  /** The region file: compare with the inodes in the instance's folder. 0 when in none. */
  readonly inode: number
  readonly offsetBytes: number
  readonly pid: number
  readonly tid: number
  /** CLOCK_MONOTONIC. */
  readonly timeNs: number
}

/**
 * From now on a SIGSEGV or SIGBUS anywhere in the process is noted in these 64 bytes, which are cleared first. The
 * alternate signal stack is that of the calling thread: other threads that want theirs call it too.
 * @throws HostError
 */
export function installFaultHandler(memory: Memory, byteOffset: number): void {
  requireWithin(memory, byteOffset, FaultSlot.End, 8)
  const outcome = hostAddon().installFaultHandler(toNative(memory), byteOffset)
  requireSuccess(outcome, () => ({ call: 'sigaction', attempted: 'install the fault handler' }))
}

/** What the fault handler left in a slot, or undefined when there was no fault. */
export function readFaultSlot(buffer: ArrayBufferLike, byteOffset: number): FaultReport | undefined {
  const slot = new DataView(buffer, byteOffset, FaultSlot.End)
  if (slot.getUint32(FaultSlot.Magic, true) !== FAULT_MAGIC) return undefined
  const signal = slot.getInt32(FaultSlot.Signal, true) === constants.signals.SIGBUS ? 'SIGBUS' : 'SIGSEGV'
  return {
    signal,
    reason: describeCode(signal, slot.getInt32(FaultSlot.Code, true)),
    address: `0x${slot.getBigUint64(FaultSlot.Address, true).toString(16)}`,
    programCounter: `0x${slot.getBigUint64(FaultSlot.ProgramCounter, true).toString(16)}`,
    mappingIndex: slot.getInt32(FaultSlot.MappingIndex, true),
    inode: Number(slot.getBigUint64(FaultSlot.Inode, true)),
    offsetBytes: Number(slot.getBigUint64(FaultSlot.Offset, true)),
    pid: slot.getInt32(FaultSlot.Pid, true),
    tid: slot.getInt32(FaultSlot.Tid, true),
    timeNs: slot.getFloat64(FaultSlot.Time, true),
  }
}

/** Values of `si_code` from the kernel's asm-generic/siginfo.h; 0 and below mean that a process sent the signal. */
function describeCode(signal: 'SIGSEGV' | 'SIGBUS', code: number): string {
  if (code <= 0) return 'sent by a process'
  if (signal === 'SIGBUS') return code === 2 ? 'beyond the end of the file' : `bus error of code ${code}`
  if (code === 1) return 'not mapped'
  if (code === 2) return 'not permitted: a store into a read-only mapping'
  return `access error of code ${code}`
}

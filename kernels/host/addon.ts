import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { AddonError } from './errors.ts'
import { findPackageRoot } from './package-root.ts'

type Native = ArrayBuffer | Uint8Array

/**
 * The native entry points, as kernels/host/native/*.cc documents them. Numbers that report success or failure are
 * negative errnos on failure. Only the files beside this one call them: arguments are not checked any more.
 */
export interface HostAddon {
  readonly interfaceVersion: number
  lockFile(fd: number): number
  isFileLocked(fd: number): number
  reserveFile(fd: number, offset: number, bytes: number): number
  syncFileData(fd: number): number
  mapFile(fd: number, bytes: number, writable: boolean): ArrayBuffer | number
  mappingIndex(buffer: ArrayBuffer): number
  adviseHugePages(buffer: ArrayBuffer): number
  unmapFile(buffer: ArrayBuffer): number
  installFaultHandler(memory: Native, byteOffset: number): number
  setAffinity(tid: number, cores: readonly number[]): number
  getAffinity(tid: number): number[] | number
  setScheduler(tid: number, policy: number, priority: number): number
  schedulerPolicy(tid: number): number
  schedulerPriority(tid: number): number
  lockMemory(future: boolean): number
  unlockMemory(): number
  yieldCore(): void
  currentCore(): number
  currentThreadId(): number
  monotonicNs(): number
  realtime(target: Native): number
  clockError(): number
  sampleTicks(target: Native, raw: boolean): number
  cpuidTicksPerSecond(): number
  setClock(calibration: Native): number
  readClockSetting(target: Native): number
  registerStamps(memory: Native, byteOffset: number, count: number): number
  releaseStamps(handle: number): number
  setStampRequest(word: Native): number
  stamp(): void
  registerWord(memory: Native, byteOffset: number): number
  releaseWord(handle: number): number
  waitForWord(handle: number, expected: number, timeoutNs: number): number
  waitForWords(request: Native, count: number, timeoutNs: number): number
  wakeWord(handle: number, count: number): number
  crc32c(memory: Native, byteOffset: number, length: number, seed: number): number
  crc32cByTables(memory: Native, byteOffset: number, length: number, seed: number): number
  hasCrc32cInstruction(): boolean
  setProcessGroup(pid: number, group: number): number
  processGroup(pid: number): number
  startSession(): number
  ignoreSignal(signal: number): number
  openPidfd(pid: number): number
  pollReadable(fd: number, timeoutMs: number): number
  signalPidfd(fd: number, signal: number): number
  closeDescriptor(fd: number): number
  openUdp(address: number, port: number, receiveBufferBytes: number): number
  joinGroup(fd: number, group: number, interfaceAddress: number): number
  chooseGroupInterface(fd: number, interfaceAddress: number, isLooped: boolean): number
  socketPort(fd: number): number
  receiveDatagrams(fd: number, bytes: Uint8Array, slotBytes: number, slots: number, facts: Uint8Array): number
  sendDatagram(fd: number, bytes: Uint8Array, at: number, length: number, address: number, port: number): number
  connectTcp(address: number, port: number): number
  connectOutcome(fd: number): number
  receiveBytes(fd: number, bytes: Uint8Array, at: number, length: number): number
  sendBytes(fd: number, bytes: Uint8Array, at: number, length: number): number
  stampSends(fd: number): number
  takeSendStamps(fd: number, facts: Uint8Array, slots: number): number
}

/** Equal to INTERFACE_VERSION in native/addon.cc. */
const INTERFACE_VERSION = 6

let loaded: HostAddon | undefined

/**
 * The native addon, loaded on first use: `build/crosskernel_host.node` of the package, or the file that the
 * environment variable XK_HOST_ADDON names (the tests load their sanitizer build so).
 * @throws AddonError when it is missing, cannot be loaded or is not of this version
 */
export function hostAddon(): HostAddon {
  loaded ??= load(process.env.XK_HOST_ADDON ?? join(findPackageRoot(), 'build', 'crosskernel_host.node'))
  return loaded
}

function load(path: string): HostAddon {
  if (!existsSync(path)) throw new AddonError('the native host addon is not built', path)
  let addon: HostAddon
  try {
    addon = createRequire(import.meta.url)(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AddonError(`the native host addon cannot be loaded (${reason})`, path, cause)
  }
  if (addon.interfaceVersion !== INTERFACE_VERSION) {
    const what = `the native host addon has interface ${addon.interfaceVersion}, this build needs ${INTERFACE_VERSION}`
    throw new AddonError(what, path)
  }
  return addon
}

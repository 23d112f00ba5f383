import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { isJournalFolder } from '../../kernels/io/open-market.ts'
import { Header, RecordType, SessionStart } from '../../kernels/records/catalogue.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'

const NS_PER_SECOND = 1_000_000_000n

/**
 * The journal whose market data a replay is to trade anew, if its input is one.
 * @returns its folder; undefined when the input are captures
 * @throws XkError when a journal is not the only input, or when it is damaged: what lies behind the damage would be left out
 * @throws JournalIoError
 */
export function findJournalInput(files: readonly string[]): string | undefined {
  const path = files.find(isJournalFolder)
  if (path === undefined) return undefined
  if (files.length > 1) {
    throw new XkError({
      code: 'journal-not-alone',
      what: 'a journal is replayed alone: other inputs have other instruments and another clock',
      where: path,
      next: 'name either captures or one journal',
      exitCode: ExitCode.Usage,
    })
  }
  const verdict = judge(verifyStorage(new FileStorage(path), { digests: false }))
  if (verdict === 'damaged' || verdict === 'other-build' || verdict === 'empty') {
    throw new XkError({
      code: `journal-${verdict}`,
      what:
        verdict === 'empty'
          ? 'not a file, and this folder holds no journal'
          : verdict === 'damaged'
            ? 'this journal is damaged: what lies behind is not read'
            : 'another build of xk wrote this journal',
      where: path,
      next:
        verdict === 'empty' ? 'name a folder that xk replay printed as its journal' : 'see where: xk journal verify',
      exitCode: verdict === 'empty' ? ExitCode.Input : ExitCode.Journal,
    })
  }
  return path
}

/**
 * The epoch of a journaled session: the moment from which the times of its records count.
 * @returns seconds since 1970; 0 where the session had none
 * @throws JournalIoError, JournalCorruptError
 */
export function readJournalEpoch(path: string): number {
  const reader = new JournalReader(new FileStorage(path), { stream: JournalStream.Inbound })
  const at = reader.next()
  const { u16, u32 } = reader.views
  const isStart = at >= 0 && u16[(at + Header.Type) >> 1] === RecordType.SessionStart
  const high = isStart ? BigInt(u32[(at + SessionStart.EpochHigh) >> 2]!) : 0n
  const low = isStart ? BigInt(u32[(at + SessionStart.EpochLow) >> 2]!) : 0n
  reader.close()
  return Number(((high << 32n) | low) / NS_PER_SECOND)
}

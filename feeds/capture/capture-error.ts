import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

/** Why a capture file cannot be read, or not to its end. */
export type CaptureErrorCode =
  | 'capture-missing'
  | 'capture-unreadable'
  | 'capture-empty'
  | 'capture-unrecognised'
  | 'capture-other-feed'
  | 'capture-gzip-damaged'
  | 'capture-gzip-truncated'
  | 'capture-zstd-damaged'
  | 'capture-zstd-truncated'
  | 'capture-zstd-unsupported'
  | 'capture-too-large'
  | 'reader-thread-missing'
  | 'reader-thread-failed'

const NEXT_STEPS: Record<CaptureErrorCode, string> = {
  'capture-missing': 'check the path',
  'capture-unreadable': 'give a regular file that you may read; what comes through a pipe, save first',
  'capture-empty': 'capture or copy it again',
  'capture-unrecognised':
    'give a pcap, a pcapng, or a file of a protocol that is read without packets (raw ITCH 5.0, DBN), plain, gzip or zstd',
  'capture-other-feed': 'leave --feed out, or name that feed',
  'capture-gzip-damaged': 'everything before that offset was used; fetch the file again and compare its checksum',
  'capture-gzip-truncated': 'everything before that offset was used; fetch the file again and compare its size',
  'capture-zstd-damaged': 'everything before that offset was used; fetch the file again and compare its checksum',
  'capture-zstd-truncated': 'everything before that offset was used; fetch the file again and compare its size',
  'capture-zstd-unsupported': 'decompress it with zstd and give the result',
  'capture-too-large': 'read it through the reader thread',
  'reader-thread-missing': 'run npm run build',
  'reader-thread-failed': 'run the command again; if it happens again, report it with the file',
}

/** A capture file is missing, unreadable, of no known kind, or damaged in its compression. */
export class CaptureError extends XkError {
  declare readonly code: CaptureErrorCode

  /** @param where the file and, where there is one, the byte offset */
  constructor(code: CaptureErrorCode, what: string, where: string, cause?: unknown) {
    const isReader = code === 'reader-thread-missing' || code === 'reader-thread-failed'
    const exitCode = isReader ? ExitCode.Internal : ExitCode.Input
    super({ code, what, where, next: NEXT_STEPS[code], exitCode, cause })
  }
}

/** Turns a failed file system call on `path` into a typed error. */
export function toCaptureError(cause: unknown, path: string): CaptureError {
  const name = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  if (name === 'ENOENT') return new CaptureError('capture-missing', 'there is no such file', path, cause)
  const what = name === 'EISDIR' ? 'this is a folder, not a file' : `the file cannot be read: ${name}`
  return new CaptureError('capture-unreadable', what, path, cause)
}

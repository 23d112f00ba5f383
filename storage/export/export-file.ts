import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

/** Input bytes of one gzip member: enough for its compression, little enough to be held. */
const MEMBER_BYTES = 1 << 20

export interface ExportFileFacts {
  readonly path: string
  /** As stored. */
  readonly bytes: number
}

/** An export cannot be written. */
export class ExportError extends XkError {
  constructor(what: string, where: string, next: string, cause?: unknown) {
    super({ code: 'export-write', what, where, next, exitCode: ExitCode.Host, cause })
  }
}

function toExportError(path: string, cause: unknown): ExportError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const next = code === 'ENOSPC' ? 'free some space or choose another folder' : 'check the path and its permissions'
  return new ExportError('cannot write the export', `${path}, ${code}`, next, cause)
}

/**
 * A file that appears under its name only when it is complete; until then it is `NAME.partial`. Compressed when the name ends in
 * `.gz`, as gzip members one after the other (RFC 1952, section 2.2), so that nothing waits for a compressor.
 */
export class ExportFile {
  readonly path: string
  readonly #partialPath: string
  readonly #isPacked: boolean
  readonly #member: Uint8Array
  #memberUsed = 0
  #descriptor: number
  #bytes = 0

  /** @throws ExportError */
  constructor(path: string) {
    this.path = path
    this.#partialPath = `${path}.partial`
    this.#isPacked = path.endsWith('.gz')
    this.#member = new Uint8Array(this.#isPacked ? MEMBER_BYTES : 0)
    try {
      this.#descriptor = openSync(this.#partialPath, 'w')
    } catch (cause) {
      throw toExportError(path, cause)
    }
  }

  /** Appends bytes; the caller may reuse them. @throws ExportError */
  write(bytes: Uint8Array): void {
    if (!this.#isPacked) {
      this.#store(bytes)
      return
    }
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + MEMBER_BYTES - this.#memberUsed)
      this.#member.set(piece, this.#memberUsed)
      this.#memberUsed += piece.length
      from += piece.length
      if (this.#memberUsed === MEMBER_BYTES) this.#storeMember()
    }
  }

  /** Completes the file and gives it its name. @throws ExportError */
  finish(): ExportFileFacts {
    if (this.#isPacked && (this.#memberUsed > 0 || this.#bytes === 0)) this.#storeMember()
    try {
      closeSync(this.#descriptor)
      this.#descriptor = -1
      renameSync(this.#partialPath, this.path)
    } catch (cause) {
      throw toExportError(this.path, cause)
    }
    return { path: this.path, bytes: this.#bytes }
  }

  /** Gives up: removes what was written. */
  abandon(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
    rmSync(this.#partialPath, { force: true })
  }

  #storeMember(): void {
    this.#store(gzipSync(this.#member.subarray(0, this.#memberUsed)))
    this.#memberUsed = 0
  }

  #store(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at, bytes.length - at)
    } catch (cause) {
      throw toExportError(this.path, cause)
    }
    this.#bytes += bytes.length
  }
}

/** A folder that appears under its name only when all of its files are complete; until then it is `NAME.partial`. */
export class ExportFolder {
  readonly path: string
  readonly #partialPath: string

  /** @throws ExportError when the folder is there and not empty, or another export into it is under way */
  constructor(path: string) {
    this.path = path
    this.#partialPath = `${path}.partial`
    if (existsSync(path) && readdirSync(path).length > 0) {
      throw new ExportError('the folder is not empty', path, 'remove it or name another one')
    }
    try {
      mkdirSync(this.#partialPath)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw toExportError(path, cause)
      const next = `where none is under way, remove it: rm -r ${this.#partialPath}`
      throw new ExportError('another export into this folder is under way, or was killed', path, next, cause)
    }
  }

  /** Path of a file in it, while it is written. */
  pathOf(name: string): string {
    return `${this.#partialPath}/${name}`
  }

  /** Gives the folder its name. @throws ExportError */
  finish(): void {
    try {
      renameSync(this.#partialPath, this.path)
    } catch (cause) {
      throw toExportError(this.path, cause)
    }
  }

  /** Gives up: removes what was written. */
  abandon(): void {
    rmSync(this.#partialPath, { recursive: true, force: true })
  }
}

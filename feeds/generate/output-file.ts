import { createHash } from 'node:crypto'
import { closeSync, createWriteStream, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

export interface OutputFacts {
  readonly path: string | null
  /** Bytes before compression. */
  readonly bytes: number
  /** Of the bytes before compression: those are identical on every Node version, a compressor's output need not be. */
  readonly sha256: string
}

/** A generated file cannot be written. */
export class OutputFileError extends XkError {
  constructor(path: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    super({
      code: 'generate-write',
      what: 'cannot write the generated file',
      where: `${path}, ${code}`,
      next: code === 'ENOSPC' ? 'free some space or choose another folder' : 'check the path and its permissions',
      exitCode: ExitCode.Host,
      cause,
    })
  }
}

/**
 * A file that is written chunk by chunk and appears under its name only when it is complete; compressed when its name
 * ends in `.gz` (gzip without name and time). Without a path it only counts and digests.
 */
export class OutputFile {
  private readonly path: string | undefined
  private readonly partialPath: string
  private readonly digest = createHash('sha256')
  private bytes = 0
  private descriptor = -1
  private gzip: Gzip | undefined
  private written: Promise<void> | undefined

  /** @throws OutputFileError */
  constructor(path: string | undefined) {
    this.path = path
    this.partialPath = `${path}.partial`
    if (path === undefined) return
    try {
      this.descriptor = openSync(this.partialPath, 'w')
    } catch (cause) {
      throw new OutputFileError(path, cause)
    }
    if (!path.endsWith('.gz')) return
    this.gzip = createGzip()
    this.written = pipeline(this.gzip, createWriteStream(this.partialPath, { fd: this.descriptor }))
    // Its failure is reported by whoever awaits a write; without this it would end the process first.
    this.written.catch(() => {})
  }

  /** Appends a chunk, which the caller may reuse once the promise is fulfilled. @throws OutputFileError */
  async write(chunk: Uint8Array): Promise<void> {
    this.digest.update(chunk)
    this.bytes += chunk.length
    if (this.path === undefined) return
    try {
      if (this.gzip === undefined) writeWhole(this.descriptor, chunk)
      else await Promise.race([writeStream(this.gzip, chunk), this.written])
    } catch (cause) {
      throw new OutputFileError(this.path, cause)
    }
  }

  /** Completes the file and gives it its name. @throws OutputFileError */
  async finish(): Promise<OutputFacts> {
    const sha256 = this.digest.digest('hex')
    if (this.path === undefined) return { path: null, bytes: this.bytes, sha256 }
    try {
      this.gzip?.end()
      if (this.written !== undefined) await this.written
      else closeSync(this.descriptor)
      this.descriptor = -1
      renameSync(this.partialPath, this.path)
    } catch (cause) {
      throw new OutputFileError(this.path, cause)
    }
    return { path: this.path, bytes: this.bytes, sha256 }
  }

  /** Gives up: removes what was written. */
  async abandon(): Promise<void> {
    if (this.path === undefined) return
    this.gzip?.destroy()
    if (this.written !== undefined) await this.written.catch(() => {})
    else if (this.descriptor !== -1) closeSync(this.descriptor)
    rmSync(this.partialPath, { force: true })
  }
}

function writeWhole(descriptor: number, chunk: Uint8Array): void {
  let at = 0
  while (at < chunk.length) at += writeSync(descriptor, chunk, at, chunk.length - at)
}

function writeStream(stream: Gzip, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}

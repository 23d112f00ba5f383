import fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errnoNameOf } from './errors.ts'

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  const fd = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** Makes a folder, and those above it that are missing; none of them is gone after a power loss. */
export function makeFolder(path: string): void {
  if (fs.existsSync(path)) return
  const above = dirname(resolve(path))
  makeFolder(above)
  try {
    fs.mkdirSync(path)
  } catch (error) {
    if (errnoNameOf(error) !== 'EEXIST') throw error // somebody else was quicker
  }
  syncFolder(above)
}

/** Writes a small file: whole under its name, whatever fails, or what was there before. Durable when it returns. */
export function replaceFile(path: string, text: string): void {
  const unfinished = `${path}.partial`
  try {
    fs.writeFileSync(unfinished, text, { flush: true })
    fs.renameSync(unfinished, path)
  } catch (error) {
    fs.rmSync(unfinished, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

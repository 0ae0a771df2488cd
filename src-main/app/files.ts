import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const besideOf = (file: string): string => `${file}.new`

/** Removes a file that was written so, with what a crash may have left beside it. */
export function removeWrittenFile(file: string): void {
  for (const one of [besideOf(file), file]) rmSync(one, { force: true })
}

/**
 * Replaces a small file as a whole, readable by the owner only: written beside it, flushed, renamed.
 * After a crash either the old or the new content is there, never a part.
 */
export function writeFileSafely(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const beside = besideOf(file)
  const handle = openSync(beside, 'w', 0o600)
  try {
    writeSync(handle, content)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(beside, file)
}

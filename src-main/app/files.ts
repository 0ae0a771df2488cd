import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

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

/** What the last run showed, sealed (last-seen.ts). Its name is one that an erasure takes away with the databases. */
export const lastSeenFile = (profile: string): string => join(profile, 'postern-last-seen')

/** Reads a small file and removes it; null when there is none, or when it does not go. */
export function takeFile(file: string): Buffer | null {
  try {
    const bytes = readFileSync(file)
    rmSync(file)
    return bytes
  } catch {
    return null
  }
}

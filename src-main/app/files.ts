import {
  close,
  closeSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  write,
  writeFileSync,
} from 'node:fs'
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
    // Not `writeSync`: a disk that fills up takes a part and is content.
    writeFileSync(handle, content)
    fsyncSync(handle)
  } catch (fault) {
    rmSync(beside, { force: true })
    throw fault
  } finally {
    closeSync(handle)
  }
  renameSync(beside, file)
}

/** What the last run showed, sealed (last-seen.ts). Its name is one that an erasure takes away with the databases. */
export const lastSeenFile = (profile: string): string => join(profile, 'postern-last-seen')

/**
 * Reads a small file and removes it; null when there is none, or when it does not go. Where it lay is written over behind that, as the
 * database does with what is deleted: an erased customer may have stood in it.
 */
export function takeFile(file: string): Buffer | null {
  let handle: number | null = null
  try {
    handle = openSync(file, 'r+')
    const bytes = readFileSync(handle)
    rmSync(file)
    writeOver(handle, bytes.byteLength)
    return bytes
  } catch {
    if (handle !== null) closeSync(handle)
    return null
  }
}

/** Fills a file with zeros on the disk, then closes it; in the background, since the disk takes its time. */
function writeOver(handle: number, length: number): void {
  write(handle, Buffer.alloc(length), 0, length, 0, () => fsync(handle, () => close(handle, () => undefined)))
}

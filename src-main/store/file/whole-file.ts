import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Workspace } from '../workspace'
import { fileError } from './file-error'

/** So long a drive that is away may take to come back, ms. */
const keptMs = 90 * 24 * 3_600_000

/**
 * Writes a file whole or not at all, readable by the owner only: it has another name until all of it is on disk. `over`: it takes
 * the place of an older one; `new`: the name must be free. Use the handle's `writeFile`: with `write`, a disk that fills up takes
 * a part and is content.
 * @throws PosternError `disk-full`, `disk-error`, `conflict` when a new one is there already, and what `write` throws
 */
export async function writeWhole<T>(
  workspace: Workspace,
  path: string,
  write: (file: FileHandle) => Promise<T>,
  as: 'over' | 'new' = 'over',
): Promise<T> {
  const part = `${path}.${randomBytes(3).toString('hex')}.part`
  // Not waited for: a drive may not answer.
  void removeParts(workspace).catch(() => undefined)
  try {
    // 'wx' also refuses a link that somebody laid there.
    const file = await open(part, 'wx', 0o600)
    try {
      notePart(workspace, part)
      const written = await write(file)
      await file.sync()
      await file.close()
      if (as === 'new') await take(path)
      await rename(part, path)
      return written
    } catch (fault) {
      await file.close()
      await rm(part, { force: true })
      throw fault
    } finally {
      forgetPart(workspace, part)
    }
  } catch (fault) {
    throw fileError(fault)
  }
}

/** Takes a free name. A link to the part in one step would do as well, but not every drive knows links. */
async function take(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  await file.close()
}

/**
 * Gives `work` what writes one file after another with its date, readable by the owner only, under names that nobody else uses:
 * each has the name `part` until all of it is there.
 * @throws what `work` and the file system throw
 */
export async function writeEach(
  workspace: Workspace,
  part: string,
  work: (write: (path: string, content: Uint8Array, date: Date) => Promise<void>) => Promise<void>,
): Promise<void> {
  let isNoted = false
  try {
    await work(async (path, content, date) => {
      const file = await open(part, 'wx', 0o600)
      try {
        if (!isNoted) notePart(workspace, part)
        isNoted = true
        await file.writeFile(content)
        await file.utimes(date, date)
      } finally {
        await file.close()
      }
      await rename(part, path)
    })
  } catch (fault) {
    if (isNoted) await rm(part, { force: true })
    throw fault
  } finally {
    if (isNoted) forgetPart(workspace, part)
  }
}

/** Only now that it was made by us: what had the name before is nobody's to take away. */
function notePart(workspace: Workspace, part: string): void {
  workspace.parts.add(part)
  workspace.db.write((tx) => tx.run('INSERT INTO part_files(path, at) VALUES(?, ?)', part, Date.now()), 'normal')
}

function forgetPart(workspace: Workspace, part: string): void {
  workspace.parts.delete(part)
  try {
    workspace.db.write((tx) => tx.run('DELETE FROM part_files WHERE path = ?', part), 'normal')
  } catch {
    // The database was closed meanwhile: the next start finds nothing there and forgets it.
  }
}

/** Takes away what was being written when the program ended; of a drive that is not there now, once it is back. */
export async function removeParts(workspace: Workspace): Promise<void> {
  const noted = workspace.db.read.all<{ path: string; at: number }>('SELECT path, at FROM part_files')
  for (const { path, at } of noted) {
    if (!workspace.parts.has(path) && ((await removePart(path)) || at < Date.now() - keptMs))
      forgetPart(workspace, path)
  }
}

/** @returns whether nothing of ours is there any more */
async function removePart(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isFile()) await rm(path)
    return true
  } catch (fault) {
    return fault instanceof Error && 'code' in fault && fault.code === 'ENOENT' && existsSync(dirname(path))
  }
}

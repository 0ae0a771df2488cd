import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Workspace } from '../workspace'
import { fileError } from './file-error'

/** So long a drive that is away may take to come back, ms. */
const keptMs = 90 * 24 * 3_600_000

/**
 * Writes a file whole or not at all, readable by the owner only. `over`: it takes the place of an older one once all of it is
 * on disk, and has another name until then; `new`: the name must be free. Use the handle's `writeFile`: with `write`, a disk
 * that fills up takes a part and is content.
 * @throws PosternError `disk-full`, `disk-error`, `conflict` when a new one is there already, and what `write` throws
 */
export async function writeWhole<T>(
  workspace: Workspace,
  path: string,
  write: (file: FileHandle) => Promise<T>,
  as: 'over' | 'new' = 'over',
): Promise<T> {
  const part = as === 'over' ? `${path}.${randomBytes(3).toString('hex')}.part` : null
  const target = part ?? path
  // Not waited for: a drive may not answer.
  if (part !== null) void removeParts(workspace).catch(() => undefined)
  try {
    // 'wx' also refuses a link that somebody laid there.
    const file = await open(target, 'wx', 0o600)
    try {
      if (part !== null) notePart(workspace, part)
      const written = await write(file)
      await file.sync()
      await file.close()
      if (part !== null) await rename(part, path)
      return written
    } catch (fault) {
      await file.close()
      await rm(target, { force: true })
      throw fault
    } finally {
      if (part !== null) forgetPart(workspace, part)
    }
  } catch (fault) {
    throw fileError(fault)
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

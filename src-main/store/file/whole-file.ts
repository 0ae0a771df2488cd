import { randomBytes } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { fileError } from './file-error'

/**
 * Writes a file whole or not at all, readable by the owner only. `over`: it takes the place of an older one once all of it is
 * on disk, and has another name until then; `new`: the name must be free. Use the handle's `writeFile`: with `write`, a disk
 * that fills up takes a part and is content.
 * @throws PosternError `disk-full`, `disk-error`, `conflict` when a new one is there already, and what `write` throws
 */
export async function writeWhole<T>(
  path: string,
  write: (file: FileHandle) => Promise<T>,
  as: 'over' | 'new' = 'over',
): Promise<T> {
  const target = as === 'over' ? `${path}.${randomBytes(3).toString('hex')}.part` : path
  try {
    // 'wx' also refuses a link that somebody laid there.
    const file = await open(target, 'wx', 0o600)
    try {
      const written = await write(file)
      await file.sync()
      await file.close()
      if (target !== path) await rename(target, path)
      return written
    } catch (fault) {
      await file.close()
      await rm(target, { force: true })
      throw fault
    }
  } catch (fault) {
    throw fileError(fault)
  }
}

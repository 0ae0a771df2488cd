import { closeSync, openSync, readSync } from 'node:fs'
import Driver from 'better-sqlite3-multiple-ciphers'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'

const log = logger('store')
const piece = 2 ** 20

/** SQLite says of a disk that fails to read (EIO) that the database is corrupt. */
export const isCorrupt = (fault: unknown): boolean =>
  fault instanceof Driver.SqliteError && fault.code.startsWith('SQLITE_CORRUPT')

/**
 * Runs a statement, and once more when it met damage: what a disk fails to read at one moment it often reads at the next, and a
 * statement that failed has changed nothing. Damage that stays is told apart: a file that cannot be read is the disk's (R50).
 * @param inside whether a transaction is open; asking the driver takes as long as a short statement
 * @throws PosternError `disk-error`, or what the statement throws
 */
export function readAgain<T>(db: Driver, file: string, inside: boolean, work: () => T): T {
  try {
    return work()
  } catch (fault) {
    if (!isCorrupt(fault)) throw fault
    // A transaction that was rolled back is over, whether there is damage or not.
    if (inside && !db.inTransaction)
      throw isStillCorrupt(db, work) ? fault : new PosternError('disk-error', 'the disk failed to read once')
    try {
      const result = work()
      log.warn('the disk failed to read once')
      return result
    } catch (again) {
      throw isCorrupt(again) && !canBeRead(file) ? new PosternError('disk-error', 'the file cannot be read') : again
    }
  }
}

/** Runs a statement for its reads alone. Whatever else it meets, without what the transaction before had done, is no damage. */
function isStillCorrupt(db: Driver, work: () => unknown): boolean {
  db.exec('BEGIN')
  try {
    work()
    return false
  } catch (fault) {
    return isCorrupt(fault)
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK')
  }
}

/** Whether the system hands out every byte of the database and its journal. */
export function canBeRead(file: string): boolean {
  const bytes = Buffer.alloc(piece)
  return [file, `${file}-wal`].every((name) => {
    let handle: number
    try {
      handle = openSync(name, 'r')
    } catch (fault) {
      return fault instanceof Error && 'code' in fault && fault.code === 'ENOENT'
    }
    try {
      for (let at = 0; ;) {
        const read = readSync(handle, bytes, 0, piece, at)
        if (read === 0) return true
        at += read
      }
    } catch {
      return false
    } finally {
      closeSync(handle)
    }
  })
}

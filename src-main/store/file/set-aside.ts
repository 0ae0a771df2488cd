import { existsSync, renameSync } from 'node:fs'
import path from 'node:path'
import type Driver from 'better-sqlite3-multiple-ciphers'
import { damagedIn } from '../../shared/damaged-files'
import { databaseFile, readerOf } from './database'
import { openDriver } from './driver'
import { isNew } from './keys'

/**
 * The database to take over: the newest that was set aside. One that had not taken over an earlier one whole holds nothing else yet, so
 * that one comes in its place.
 */
export function toTakeOver(dir: string, key: Uint8Array): string | undefined {
  const all = damagedIn(dir)
  return all.find((name) => !isHalf(path.join(dir, name), key)) ?? all[0]
}

function isHalf(file: string, key: Uint8Array): boolean {
  let db: Driver | null = null
  try {
    db = openDriver(file, key)
    return isNew(readerOf(db))
  } catch {
    // It does not say; what can be read of it is taken.
    return false
  } finally {
    db?.close()
  }
}

/**
 * Before a new database is made: a journal that stayed when a damaged one was set aside, by a kill in between or because the system did not
 * give it away yet, follows it. SQLite would delete it beside a new one, and with it what was written last.
 */
export function finishSettingAside(dir: string): void {
  const file = databaseFile(dir)
  const [damaged] = damagedIn(dir)
  if (damaged === undefined || existsSync(file) || !existsSync(`${file}-wal`)) return
  const journal = path.join(dir, `${damaged}-wal`)
  if (!existsSync(journal)) renameSync(`${file}-wal`, journal)
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Driver from 'better-sqlite3-multiple-ciphers'
import { expect, test } from 'vitest'
import { readAgain } from '../../../src-main/store/file/read-again'
import { tempFolder } from '../../servers/process.mjs'

const corrupt = (): never => {
  throw new Driver.SqliteError('disk image is malformed', 'SQLITE_CORRUPT')
}

test('a disk that fails to read once costs nothing, one that goes on failing is told as the disk, and damage as damage (R50)', () => {
  const db = new Driver(':memory:')
  const dir = tempFolder('read')
  const file = path.join(dir, 'postern.db')
  writeFileSync(file, 'bytes')
  let tries = 0
  expect(readAgain(db, file, false, () => (++tries === 1 ? corrupt() : 'row'))).toBe('row')
  expect(() => readAgain(db, file, false, corrupt)).toThrow('malformed')
  // What cannot be read by anybody: a folder in the file's place.
  rmSync(file)
  mkdirSync(file)
  expect(() => readAgain(db, file, false, corrupt)).toThrow(expect.objectContaining({ code: 'disk-error' }))
  // A transaction that went with the failure is not gone on with.
  db.exec('BEGIN')
  let runs = 0
  expect(() =>
    readAgain(db, file, true, () => {
      runs += 1
      db.exec('ROLLBACK')
      return corrupt()
    }),
  ).toThrow('malformed')
  // Once, and once more to tell damage from a disk that failed to read.
  expect(runs).toBe(2)
  expect(db.inTransaction).toBe(false)
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

test('a disk that fails to read once in the middle of a transaction is not called damage, and nothing of the transaction stays (R50)', () => {
  const db = new Driver(':memory:')
  db.exec('CREATE TABLE t(x)')
  db.exec('BEGIN')
  db.exec('INSERT INTO t VALUES(1)')
  let tries = 0
  const write = (): unknown => {
    if (++tries > 1) return db.prepare('INSERT INTO t VALUES(2)').run()
    // As SQLite does by itself.
    db.exec('ROLLBACK')
    return corrupt()
  }
  expect(() => readAgain(db, ':memory:', true, write)).toThrow(expect.objectContaining({ code: 'disk-error' }))
  expect(db.inTransaction).toBe(false)
  expect(db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 })
  db.close()
})

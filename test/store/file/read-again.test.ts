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
  expect(runs).toBe(1)
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

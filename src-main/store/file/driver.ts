import Driver from 'better-sqlite3-multiple-ciphers'
import { PosternError } from '../../../src-preload/contract/errors'
import { keyMark } from '../../crypto/key-mark'
import { fileHead } from '../../shared/file-head'

/** A key as the cipher takes it: as it is, without a derivation, and its mark. The caller wipes it. */
export const rawKey = (key: Uint8Array): Buffer => Buffer.concat([Buffer.from('raw:'), key, keyMark(key)])

/** A connection with the key and every setting of the house (R43, R49). Nothing has been read yet. `cacheMiB`: for who reads each page once, less than the usual 16. */
export function openDriver(
  file: string,
  key: Uint8Array,
  options: { readonly?: boolean; cacheMiB?: number } = {},
): Driver {
  const db = new Driver(file, { timeout: 2000, readonly: options.readonly ?? false })
  const raw = rawKey(key)
  try {
    db.pragma("cipher = 'aegis'")
    db.pragma("algorithm = 'aegis-256'")
    db.key(raw)
    for (const setting of [
      'synchronous = FULL',
      'foreign_keys = ON',
      'temp_store = MEMORY',
      'secure_delete = ON',
      'mmap_size = 0',
      'trusted_schema = OFF',
      'cell_size_check = ON',
      `cache_size = ${-1000 * (options.cacheMiB ?? 16)}`,
      `journal_size_limit = ${64 * 2 ** 20}`,
    ])
      db.pragma(setting)
    return db
  } catch (fault) {
    db.close()
    throw fault
  } finally {
    raw.fill(0)
  }
}

export function isNotADatabase(fault: unknown): boolean {
  return fault instanceof Driver.SqliteError && fault.code === 'SQLITE_NOTADB'
}

/** Why a file that is there is no database to this key. */
export function explainUnreadable(file: string, key: Uint8Array): PosternError {
  const head = fileHead(file)
  if (head.equals(keyMark(key))) return new PosternError('store-corrupt', 'the first page cannot be read')
  // A file that was cut or wiped is no other key's database.
  if (head.every((byte) => byte === 0)) return new PosternError('store-corrupt', 'the file has no header')
  return new PosternError('key-missing', 'the database was made with another key', { otherKey: true })
}

/** Gives failures of the database their code of the closed list. The driver's text may quote data, so it is left out. */
export function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (fault) {
    throw translated(fault)
  }
}

export function translated(fault: unknown): unknown {
  if (!(fault instanceof Driver.SqliteError)) return fault
  const { code } = fault
  if (code === 'SQLITE_FULL') return new PosternError('disk-full', code)
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY'))
    return new PosternError('disk-error', code)
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return new PosternError('store-corrupt', code)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new PosternError('profile-in-use', code)
  return fault
}

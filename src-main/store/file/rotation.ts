import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { PosternError } from '../../../src-preload/contract/errors'
import { databaseFile } from './database'
import { openDriver, rawKey } from './driver'
import { fileError } from './file-error'
import { IndexFile } from '../search/index-file'

/** Bytes copied between two words about it. */
const chunk = 8 * 2 ** 20

export type RotationStep = 'copying' | 'encrypting' | 'checking'
export type TellRotation = (step: RotationStep, done: number, total: number) => void

const beside = (file: string): string => `${file}-next`
const endings = ['', '-wal', '-shm', '-journal']
const remove = (file: string): void => endings.forEach((ending) => rmSync(file + ending, { force: true }))

/** What a change of the key left behind when it was cut short: copies that nobody will take up any more. */
export function dropCopies(dir: string): void {
  for (const file of [databaseFile(dir), IndexFile.path(dir)]) remove(beside(file))
}

/**
 * Puts a copy under another key in the place of each file of a store that nobody has open. The old file stays as it is
 * until the copy is whole, checked and on the disk; renaming the database's copy is the one moment of change, so at any
 * time it opens with exactly one of the two keys (R47). We rotate a copy because a rekey in place has no way back.
 * @throws PosternError `disk-full`, `disk-error`, `store-corrupt`; then the old key holds
 */
export async function rotate(dir: string, key: Uint8Array, next: Uint8Array, tell: TellRotation): Promise<void> {
  dropCopies(dir)
  const [main, index] = [databaseFile(dir), IndexFile.path(dir)]
  const sizes = [main, index].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const disk = statfsSync(dir)
  if (disk.bavail * disk.bsize < total * 1.1)
    throw new PosternError('disk-full', 'no room for the copy', { bytes: total })
  try {
    let before = 0
    for (const [at, file] of [main, index].entries()) {
      if (!existsSync(file)) continue
      foldJournal(file, key)
      await copy(file, beside(file), (done) => tell('copying', before + done, total))
      before += sizes[at] ?? 0
    }
    tell('encrypting', 0, total)
    await breathe()
    for (const file of [main, index]) if (existsSync(beside(file))) rekey(beside(file), key, next)
    tell('checking', 0, total)
    await breathe()
    check(beside(main), next)
  } catch (fault) {
    dropCopies(dir)
    throw fileError(fault)
  }
  renameSync(beside(main), main)
  // From here on the new key holds. An index of the old one would be made anew; this saves that work.
  if (existsSync(beside(index))) renameSync(beside(index), index)
  syncFolder(dir)
}

/** Brings what the journal holds into the file: it would not fit the copy. */
function foldJournal(file: string, key: Uint8Array): void {
  const db = openDriver(file, key)
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    db.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.close()
  }
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new PosternError('profile-in-use', 'somebody has the database open')
  for (const ending of ['-wal', '-shm']) rmSync(file + ending, { force: true })
}

async function copy(from: string, to: string, tell: (done: number) => void): Promise<void> {
  const source = await open(from, 'r')
  const target = await open(to, 'wx', 0o600)
  try {
    const buffer = Buffer.alloc(chunk)
    for (let at = 0; ;) {
      const { bytesRead } = await source.read(buffer, 0, chunk, at)
      if (bytesRead === 0) break
      // A disk that fills up takes a part, and nothing the next time.
      at += (await target.write(buffer, 0, bytesRead, at)).bytesWritten
      tell(at)
    }
    await target.sync()
  } finally {
    await source.close()
    await target.close()
  }
}

/** Encrypts a copy anew. It can be thrown away, so it needs no journal of its own. */
function rekey(file: string, key: Uint8Array, next: Uint8Array): void {
  const db = openDriver(file, key)
  const raw = rawKey(next)
  try {
    db.pragma('journal_mode = DELETE')
    db.pragma('journal_mode = OFF')
    db.pragma('synchronous = OFF')
    db.rekey(raw)
  } finally {
    raw.fill(0)
    db.close()
  }
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Every page opens with the new key and the tables are in order. */
function check(file: string, next: Uint8Array): void {
  const db = openDriver(file, next)
  try {
    if (db.pragma('quick_check', { simple: true }) !== 'ok')
      throw new PosternError('store-corrupt', 'the copy is not in order')
  } finally {
    db.close()
  }
}

function syncFolder(dir: string): void {
  // Windows keeps renames by itself and opens no folders.
  if (process.platform === 'win32') return
  const handle = openSync(path.resolve(dir), 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

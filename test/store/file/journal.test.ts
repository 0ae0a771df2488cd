import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Database, databaseFile, pageBytes } from '../../../src-main/store/file/database'
import { Harness } from '../helpers'
import { tempFolder } from '../../servers/process.mjs'

const key = randomBytes(32)
let dir: string
/** The files as a kill leaves them: five acknowledged transactions that are only in the journal. */
let file: Buffer
let wal: Buffer
const transactions = 5

beforeAll(() => {
  dir = tempFolder('journal')
  const { database } = Database.open(dir, key, () => undefined)
  database.pragma('wal_checkpoint(TRUNCATE)')
  for (let n = 0; n < transactions; n++)
    database.write((tx) =>
      tx.run('INSERT INTO settings(key, value) VALUES(?, ?)', `act ${n}`, randomBytes(1500).toString('hex')),
    )
  file = readFileSync(databaseFile(dir))
  wal = readFileSync(`${databaseFile(dir)}-wal`)
  database.close()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Opens the files with this journal: what is there, and whether it is told that something is not. */
function open(journal: Buffer): { acts: number; told: boolean } {
  writeFileSync(databaseFile(dir), file)
  writeFileSync(`${databaseFile(dir)}-wal`, journal)
  rmSync(`${databaseFile(dir)}-shm`, { force: true })
  const { database, journalDamaged } = Database.open(dir, key, () => undefined)
  const acts = database.read.get<{ n: number }>("SELECT count(*) AS n FROM settings WHERE key LIKE 'act %'")?.n ?? 0
  database.close()
  return { acts, told: journalDamaged }
}

const flipped = (at: number): Buffer => {
  const copy = Buffer.from(wal)
  copy[at] = (copy[at] ?? 0) ^ 0x10
  return copy
}

test('a journal that a kill left is read whole and nothing is told', () => {
  expect(open(wal)).toEqual({ acts: transactions, told: false })
})

test('a byte that was changed anywhere in the journal never drops an acknowledged act without a word (R46)', () => {
  const step = 24 + pageBytes
  const frames = Math.floor((wal.length - 32) / step)
  expect(frames).toBeGreaterThanOrEqual(transactions)
  const header = [0, 3, 8, 11, 12, 17, 22, 24, 31]
  const inFrames = Array.from({ length: frames }, (_, frame) =>
    [0, 4, 7, 8, 13, 16, 20, 24 + ((frame * 997) % pageBytes), step - 1].map((at) => 32 + frame * step + at),
  ).flat()
  let told = 0
  for (const at of [...header, ...inFrames]) {
    const answer = open(flipped(at))
    if (answer.acts < transactions) expect(answer, `byte ${at}`).toMatchObject({ told: true })
    if (answer.told) told++
  }
  expect(told).toBeGreaterThan(frames * 5)
})

test('the torn end of a transaction that was never acknowledged is no damage', () => {
  const step = 24 + pageBytes
  const frames = Math.floor((wal.length - 32) / step)
  // A kill in the middle of writing a frame: the transaction before it is whole, its own has no end.
  const unfinished = Buffer.concat([
    wal.subarray(0, 32 + frames * step),
    wal.subarray(32, 32 + 8),
    wal.subarray(32 + 8, 32 + 16),
    randomBytes(8),
    randomBytes(2000),
  ])
  unfinished.writeUInt32BE(0, 32 + frames * step + 4)
  expect(open(unfinished)).toEqual({ acts: transactions, told: false })
  expect(open(wal.subarray(0, 32 + frames * step)).told).toBe(false)
  expect(open(wal.subarray(0, 10)).told).toBe(false)
})

test('an old journal behind a new one is not taken for damage', () => {
  const again = tempFolder('journal')
  const { database } = Database.open(again, key, () => undefined)
  const put = (n: number): void =>
    void database.write((tx) =>
      tx.run('INSERT OR REPLACE INTO settings(key, value) VALUES(?, ?)', `act ${n}`, randomBytes(1500).toString('hex')),
    )
  for (let n = 0; n < 30; n++) put(n)
  database.pragma('wal_checkpoint(PASSIVE)')
  put(99)
  const copy = tempFolder('journal')
  for (const ending of ['', '-wal']) copyFileSync(databaseFile(again) + ending, databaseFile(copy) + ending)
  database.close()
  const opened = Database.open(copy, key, () => undefined)
  expect(opened.journalDamaged).toBe(false)
  expect(opened.database.read.get("SELECT 1 AS here FROM settings WHERE key = 'act 99'")).toEqual({ here: 1 })
  opened.database.close()
  for (const one of [again, copy]) rmSync(one, { recursive: true, force: true })
})

test('a person is told until they have read it (R46)', async () => {
  const store = await Harness.make()
  await store.mailbox()
  store.db.pragma('wal_checkpoint(TRUNCATE)')
  const before = readFileSync(databaseFile(store.dir))
  for (let n = 0; n < 3; n++)
    await store.put((await store.mailbox(`m${n}@acme.test`)).folders['INBOX'] ?? 0, {
      from: 'h@x.test',
      text: `text ${n}`,
    })
  const journal = readFileSync(`${databaseFile(store.dir)}-wal`)
  store.service.closeStore()
  // The files as a kill leaves them, with one bit of the journal changed.
  const at = 32 + 24 + 100
  journal[at] = (journal[at] ?? 0) ^ 1
  writeFileSync(databaseFile(store.dir), before)
  writeFileSync(`${databaseFile(store.dir)}-wal`, journal)
  rmSync(`${databaseFile(store.dir)}-shm`, { force: true })
  await store.start()
  expect((await store.call('journal.damage', {})).at).not.toBeNull()
  await store.restart()
  expect((await store.call('journal.damage', {})).at).not.toBeNull()
  await store.call('journal.damageSeen', {})
  expect((await store.call('journal.damage', {})).at).toBeNull()
  await store.stop()
})

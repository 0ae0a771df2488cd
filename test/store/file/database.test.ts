import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { Database, databaseFile, pageBytes } from '../../../src-main/store/file/database'
import { openDriver } from '../../../src-main/store/file/driver'
import { IndexFile } from '../../../src-main/store/search/index-file'
import { migrations } from '../../../src-main/store/migrations'
import { listSql } from '../../../src-main/store/conversations/conversation-list'
import { codeOf, Harness } from '../helpers'
import { tempFolder } from '../../servers/process.mjs'

let dir: string
beforeEach(() => {
  dir = tempFolder('db')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const nothing = (): void => undefined
const codeOfSync = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (fault) {
    return fault instanceof PosternError ? fault.code : String(fault)
  }
}
const digest = (): string =>
  readdirSync(dir)
    .toSorted()
    .map((name) => `${name} ${readFileSync(path.join(dir, name)).toString('base64')}`)
    .join('\n')

/** Words that occur nowhere else. */
const canary = 'Quokkafisch'

describe('the encrypted file', () => {
  test('no plain word of mail, address, file name or draft is in any file of the profile (R43)', async () => {
    const store = await Harness.make(dir)
    const { folders } = await store.mailbox(`${canary.toLowerCase()}@acme.test`)
    await store.put(folders['INBOX'] ?? 0, {
      from: `${canary} <${canary}@x.test>`,
      subject: `${canary} subject`,
      text: `${canary} body `.repeat(50),
      files: [{ name: `${canary}.pdf` }],
      raw: `${canary} raw`,
    })
    const draft = await store.call('drafts.start', {
      kind: 'reply',
      conversationId: (await store.list())[0]?.id ?? 0,
      messageId: null,
    })
    await store.call('drafts.save', { ...draft, text: `${canary} draft` })
    expect((await store.call('search.query', { text: canary })).hits).toHaveLength(1)
    const look = (): void => {
      const files = readdirSync(dir)
      expect(files).toContain('postern.db')
      for (const name of files) {
        const bytes = readFileSync(path.join(dir, name))
        expect(bytes.toString('latin1').toLowerCase()).not.toContain(canary.toLowerCase())
        expect(bytes.toString('latin1')).not.toContain('CREATE TABLE')
      }
      expect(readFileSync(databaseFile(dir)).toString('latin1', 0, 16)).not.toBe('SQLite format 3\0')
    }
    expect(statSync(`${databaseFile(dir)}-wal`).size).toBeGreaterThan(10_000)
    look()
    store.db.pragma('wal_checkpoint(TRUNCATE)')
    look()
    store.service.closeStore()
    look()
  })

  test('another key is refused and told from damage; nothing is changed or made anew (R45)', () => {
    const key = randomBytes(32)
    Database.open(dir, key, nothing).database.close()
    const before = digest()
    expect(codeOfSync(() => Database.open(dir, randomBytes(32), nothing))).toBe('key-missing')
    expect(digest()).toBe(before)
    writeFileSync(databaseFile(dir), 'SQLite format 3\0 but not really'.padEnd(8192, 'x'))
    expect(codeOfSync(() => Database.open(dir, key, nothing))).toBe('key-missing')
    writeFileSync(databaseFile(dir), Buffer.alloc(8192))
    expect(codeOfSync(() => Database.open(dir, key, nothing))).toBe('store-corrupt')
  })

  test('SQLite is none with known holes, and Electron is pinned to one version (R9)', () => {
    const { database: db } = Database.open(dir, randomBytes(32), nothing)
    const version = db.read.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? ''
    db.close()
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
    expect(major * 1e6 + minor * 1e3 + patch, version).toBeGreaterThanOrEqual(3_051_003)
    const pinned = JSON.parse(readFileSync('package.json', 'utf8')).devDependencies.electron
    expect(pinned).toMatch(/^\d+\.\d+\.\d+$/)
    // The oldest major that was supported when this was written.
    expect(Number(pinned.split('.')[0])).toBeGreaterThanOrEqual(43)
  })

  test('every setting holds on every connection (R49)', () => {
    const { database } = Database.open(dir, randomBytes(32), nothing)
    const pragma = (name: string): unknown => database.pragma(name)
    database.write((tx) => tx.run("INSERT INTO meta VALUES('a', 'b')"))
    expect(pragma('synchronous')).toBe(2)
    database.write((tx) => tx.run("INSERT INTO meta VALUES('b', 'b')"), 'normal')
    expect(pragma('synchronous')).toBe(1)
    database.write((tx) => tx.run("INSERT INTO meta VALUES('c', 'b')"))
    expect(
      Object.fromEntries(
        [
          'journal_mode',
          'synchronous',
          'foreign_keys',
          'temp_store',
          'mmap_size',
          'secure_delete',
          'trusted_schema',
          'cell_size_check',
        ].map((name) => [name, pragma(name)]),
      ),
    ).toEqual({
      journal_mode: 'wal',
      synchronous: 2,
      foreign_keys: 1,
      temp_store: 2,
      mmap_size: 0,
      secure_delete: 1,
      trusted_schema: 0,
      cell_size_check: 1,
    })
    database.close()
  })

  test('a changed byte of any page is an error, never other data (R46)', async () => {
    const store = await Harness.make(dir)
    const { folders } = await store.mailbox()
    for (let n = 0; n < 25; n++)
      await store.put(folders['INBOX'] ?? 0, {
        from: `c${n}@x.test`,
        text: `word${n} ${randomBytes(400).toString('hex')}`,
      })
    store.service.closeStore()
    const pages = statSync(databaseFile(dir)).size / pageBytes
    const everything = (): string => {
      const db = openDriver(databaseFile(dir), store.key, { readonly: true })
      try {
        const tables = db
          .prepare<[], { name: string }>(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite_%'",
          )
          .all()
        // Pages that only an index uses are met by the check, which tells of them instead of failing.
        if (db.pragma('integrity_check', { simple: true }) !== 'ok') throw new Error('not whole')
        return JSON.stringify(
          tables.map(({ name }) => db.prepare(`SELECT * FROM "${name}"`).all()),
          (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
        )
      } finally {
        db.close()
      }
    }
    const whole = everything()
    const file = openSync(databaseFile(dir), 'r+')
    const byte = Buffer.alloc(1)
    let refused = 0
    for (let page = 0; page < pages; page++) {
      // Behind the first 24 bytes, which hold the key mark and the page size.
      const at = page * pageBytes + 24 + Math.floor(Math.random() * 8000)
      readSync(file, byte, 0, 1, at)
      writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 0x20]), 0, 1, at)
      let seen: string | null = null
      try {
        seen = everything()
      } catch {
        refused++
      }
      // Pages that no table uses are not read; what is read is right.
      if (seen !== null) expect(seen).toBe(whole)
      writeSync(file, byte, 0, 1, at)
    }
    closeSync(file)
    expect(refused / pages).toBeGreaterThan(0.9)
    expect(everything()).toEqual(whole)
  })

  test('damage found while reading is told as damage; everything else goes on', async () => {
    const store = await Harness.make(dir)
    const { folders } = await store.mailbox()
    for (let n = 0; n < 40; n++)
      await store.put(folders['INBOX'] ?? 0, { from: `c${n}@x.test`, text: randomBytes(3000).toString('hex') })
    const rows = await store.list()
    const root =
      store.db.read.get<{ rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'message_bodies'")
        ?.rootpage ?? 0
    store.service.closeStore()
    const file = openSync(databaseFile(dir), 'r+')
    writeSync(file, Buffer.from([1, 2, 3]), 0, 3, (root - 1) * pageBytes + 100)
    closeSync(file)
    await store.start()
    expect(await codeOf(store.call('conversations.get', { id: rows[0]?.id ?? 0 }))).toBe('store-corrupt')
    expect(await store.list()).toHaveLength(40)
    store.service.closeStore()
  })

  test('deleted content is gone from file and journal within a minute (R48)', async () => {
    const store = await Harness.make(dir)
    const { id, folders } = await store.mailbox()
    const kept = (await store.mailbox('kept@acme.test')).folders['INBOX'] ?? 0
    for (let n = 0; n < 20; n++) await store.put(kept, { from: `k${n}@x.test`, text: `kept word${n}` })
    await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', subject: canary, text: `${canary} text`, raw: canary })
    for (let n = 20; n < 40; n++) await store.put(kept, { from: `k${n}@x.test`, text: `kept word${n}` })
    // Upkeep has merged the index: what is removed now lies in a segment that nothing would merge again.
    const journals = (): number =>
      statSync(`${databaseFile(dir)}-wal`).size + statSync(`${IndexFile.path(dir)}-wal`).size
    await expect.poll(journals).toBe(0)
    await store.app.call('mailbox.remove', { id })
    await expect.poll(() => store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM mailboxes')?.n).toBe(1)
    await expect.poll(journals).toBe(0)
    store.service.closeStore()
    // Every page without the encryption, as one who holds the key could have it: free pages too.
    for (const name of [databaseFile(dir), IndexFile.path(dir)]) {
      const plain = openDriver(name, store.key)
      plain.pragma('journal_mode = DELETE')
      plain.pragma("rekey = ''")
      plain.close()
      const text = readFileSync(name).toString('latin1')
      expect(text).toContain('CREATE TABLE')
      expect(text.toLowerCase()).not.toContain(canary.toLowerCase())
    }
  })
})

describe('schema', () => {
  test('a database of a newer program is refused and not touched (R47)', () => {
    const key = randomBytes(32)
    const { database } = Database.open(dir, key, nothing, [
      ...migrations,
      { version: 999, up: 'CREATE TABLE future(a) STRICT'.replace('a)', 'a TEXT)') },
    ])
    database.close()
    const before = digest()
    expect(codeOfSync(() => Database.open(dir, key, nothing))).toBe('store-newer')
    expect(digest()).toBe(before)
  })

  test('a migration that fails leaves the old schema whole', () => {
    const key = randomBytes(32)
    Database.open(dir, key, nothing).database.close()
    expect(
      codeOfSync(() =>
        Database.open(dir, key, nothing, [
          ...migrations,
          { version: 998, up: 'CREATE TABLE half(a TEXT) STRICT; NOT SQL' },
        ]),
      ),
    ).not.toBe('none')
    const { database } = Database.open(dir, key, nothing)
    expect(database.read.get("SELECT 1 FROM sqlite_schema WHERE name = 'half'")).toBeUndefined()
    expect(database.pragma('user_version')).toBe(migrations.at(-1)?.version)
    database.close()
  })

  test('migration 1 makes strict tables only, from nothing', () => {
    const { database, created } = Database.open(dir, randomBytes(32), nothing)
    expect(created).toBe(true)
    const tables = database.read.all<{ name: string; strict: number; type: string }>(
      "SELECT name, strict, type FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    expect(tables.filter(({ strict }) => strict === 0)).toEqual([])
    expect(tables.length).toBeGreaterThan(15)
    database.close()
    expect(existsSync(databaseFile(dir))).toBe(true)
  })

  test('no list sorts or reads a table: each is one index in its order', () => {
    const { database } = Database.open(dir, randomBytes(32), nothing)
    for (const view of ['inbox', 'pending', 'closed', 'spam', 'drafts', 'outbox'] as const) {
      for (const mailboxId of [null, 1]) {
        for (const [unreadOnly, order] of [
          [false, 'newest'],
          [true, 'newest'],
          [false, 'oldest'],
          [true, 'oldest'],
        ] as const) {
          const { sql, params } = listSql({ view, mailboxId, order, unreadOnly })
          const plan = database.read
            .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params, 50, 0)
            .map(({ detail }) => detail)
            .join('; ')
          expect(plan, sql).toMatch(/USING (?:COVERING )?INDEX/)
          expect(plan, sql).not.toMatch(/TEMP B-TREE/)
          // Lists that may be long skip to their offset in the index alone.
          if (view !== 'drafts' && view !== 'outbox') expect(plan, sql).toMatch(/COVERING/)
        }
      }
    }
    database.close()
  })
})

describe('transactions', () => {
  test('a failed write leaves nothing and publishes nothing', () => {
    let published = 0
    const { database } = Database.open(dir, randomBytes(32), () => {
      published++
    })
    expect(() =>
      database.write((tx) => {
        tx.run("INSERT INTO meta VALUES('x', 'y')")
        tx.changes.touched('counts')
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(database.read.get("SELECT 1 FROM meta WHERE key = 'x'")).toBeUndefined()
    expect(published).toBe(0)
    database.write((tx) => tx.run("INSERT INTO meta VALUES('x', 'z')"))
    expect(published).toBe(1)
    database.close()
  })

  test('a locked store answers so, before and after', async () => {
    const store = await Harness.make(dir)
    expect((await store.call('counts.get', {})).unread).toBe(0)
    await store.app.call('store.close', {})
    expect(await codeOf(store.call('counts.get', {}))).toBe('store-locked')
    await store.app.call('store.open', { dir, key: Buffer.from(store.key), device: Buffer.from(store.device) })
    expect((await store.call('counts.get', {})).unread).toBe(0)
    store.service.closeStore()
  })
})

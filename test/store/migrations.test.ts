import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Database } from '../../src-main/store/database'
import { migrations } from '../../src-main/store/migrations'

let dir: string
const key = randomBytes(32)
beforeEach(() => { dir = mkdtempSync(path.join(tmpdir(), 'postern-migration-')) })
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Opens the database of `dir` as a program would that knows migrations up to `version`. */
function at(version: number): Database {
  return Database.open(dir, key, () => undefined, migrations.filter((one) => one.version <= version)).database
}

test('versions go up one by one', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
})

test('notes: a conversation of before is kept and takes notes', () => {
  const before = at(1)
  before.write((tx) => tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)"))
  before.close()
  const after = at(2)
  after.write((tx) => tx.run("INSERT INTO notes(conversation_id, at, author, text) VALUES(7, 1, 'Bo', 'x')"))
  expect(after.read.all('SELECT c.subject, n.text FROM conversations c JOIN notes n ON n.conversation_id = c.id')).toEqual([{ subject: 'Bell', text: 'x' }])
  after.close()
})

test('completeness: a folder of before keeps its counts and has been compared with nothing yet', () => {
  const before = at(4)
  before.write((tx) => {
    tx.run("INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x', 's@x', '{}', '{}', 1)")
    tx.run("INSERT INTO folders(id, mailbox_id, path, role, server_count, checked_at) VALUES(3, 1, 'INBOX', 'inbox', 12, 99)")
  })
  before.close()
  const after = at(5)
  expect(after.read.all('SELECT path, server_count, checked_at, verified_at, missing FROM folders')).toEqual([{ path: 'INBOX', server_count: 12, checked_at: 99, verified_at: null, missing: 0 }])
  after.close()
})

import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../../src-main/store/file/database'
import { sending } from '../../../src-main/store/migrations/0010-sending'
import { delivery } from '../../../src-main/store/migrations/0013-delivery'
import { ending } from '../../../src-main/store/migrations/0035-ending'
import { outboxRaw } from '../../../src-main/store/migrations/0042-outbox-raw'
import { listOutbox } from '../../../src-main/store/outbox/outbox-rows'
import { sinceOf } from '../../../src-main/store/outbox/since'
import { openAt } from '../earlier'
import { tempFolder } from '../../servers/process.mjs'

let dir: string
const key = randomBytes(32)
beforeEach(() => {
  dir = tempFolder('migration')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const at = (version: number): Database => openAt(dir, key, version)

test('sending: a draft and a queued reply of before keep their text, and mail of before is nothing new to them', () => {
  const before = at(sending.version - 1)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x.test', 's@x.test', '{}', '{}', 0)",
    )
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)")
    tx.run(`INSERT INTO messages(id, conversation_id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind,
      attachment_count, remote_count, raw_size) VALUES(3, 7, 1, x'00', '[]', 0, 1, 0, 1, 'Hannah', 'h@x.test', 0, '{"replyTo":[],"to":[],"cc":[],"bcc":[]}', 'Bell', '', 'none', 0, 0, 1)`)
    for (const state of ['open', 'queued'])
      tx.run(
        `INSERT INTO drafts(state, kind, conversation_id, mailbox_id, base_version, recipients, subject, html, text, updated_at)
      VALUES(?, 'reply', 7, 1, 1, '{"to":[],"cc":[],"bcc":[]}', '', '', ?, 0)`,
        state,
        state,
      )
    tx.run(`INSERT INTO outbox(state, conversation_id, mailbox_id, draft_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, refs, snippet, status_before, status_after, made_conversation)
      VALUES('queued', 7, 1, 2, 'a@x', 1, 'p', 0, 0, 0, '{"name":"","address":"s@x.test"}', '[]', '', 0, 2, 0)`)
  })
  before.close()
  const after = at(sending.version)
  expect(after.read.all('SELECT id, text FROM drafts ORDER BY id')).toEqual([
    { id: 1, text: 'open' },
    { id: 2, text: 'queued' },
  ])
  expect([sinceOf(after.read, 1), sinceOf(after.read, 2)]).toEqual([[], []])
  after.close()
  // The list is asked as it is today: it reads columns that came later.
  const today = at(Infinity)
  expect(listOutbox(today.read)).toMatchObject([
    { state: 'queued', scheduled: false, unlessAnswered: true, left: null, looking: false },
  ])
  today.close()
})

test('delivery: a message of before can be marked', () => {
  const before = at(delivery.version - 1)
  before.write((tx) => tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)"))
  before.close()
  const after = at(delivery.version)
  after.write((tx) =>
    tx.run(
      "INSERT INTO delivery_reports(about_key, recipient, report_message, action, line, at) VALUES(1, 'a@x.test', 0, 'failed', '550', 1)",
    ),
  )
  expect(
    after.read.get('SELECT (SELECT count(*) FROM conversations) AS c, (SELECT count(*) FROM delivery_reports) AS r'),
  ).toEqual({ c: 1, r: 1 })
  after.close()
})

test('ending: what was leaving with its bytes before the note was kept may have left, anything else has not', () => {
  const before = at(ending.version - 1)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x.test', 's@x.test', '{}', '{}', 0)",
    )
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)")
    for (const [id, state, raw] of [
      [1, 'sending', Buffer.from('raw')],
      [2, 'sending', null],
      [3, 'queued', Buffer.from('raw')],
    ] as const)
      tx.run(
        `INSERT INTO outbox(id, state, conversation_id, mailbox_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, refs, snippet, status_before, status_after, made_conversation, raw)
        VALUES(?1, ?2, 7, 1, 'a@x' || ?1, ?1, 'p' || ?1, 0, 0, 0, '{"name":"","address":"s@x.test"}', '[]', '', 0, 2, 0, ?3)`,
        id,
        state,
        raw,
      )
  })
  before.close()
  const after = at(ending.version)
  expect(after.read.all('SELECT id, ending FROM outbox ORDER BY id')).toEqual([
    { id: 1, ending: 1 },
    { id: 2, ending: 0 },
    { id: 3, ending: 0 },
  ])
  after.close()
  // The bytes have a table of their own since, and go with their item.
  const own = at(outboxRaw.version)
  expect(own.read.all('SELECT outbox_id AS id, raw FROM outbox_raw ORDER BY id')).toEqual([
    { id: 1, raw: Buffer.from('raw') },
    { id: 3, raw: Buffer.from('raw') },
  ])
  own.write((tx) => tx.run('DELETE FROM outbox WHERE id = 1'))
  expect(own.read.all('SELECT outbox_id AS id FROM outbox_raw')).toEqual([{ id: 3 }])
  own.close()
})

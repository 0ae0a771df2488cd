import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countUse, usedOf } from '../../src-main/store/mail/mailbox-use'
import type { Database } from '../../src-main/store/file/database'
import { newDeviceSecret } from '../../src-main/crypto/device-keys'
import { packMessage } from '../../src-main/shared/message-body'
import { migrations } from '../../src-main/store/migrations'
import { SearchIndex } from '../../src-main/store/search/search-index'
import { StoreThread } from '../../src-main/store/store-thread'
import { Workspace } from '../../src-main/store/workspace'
import { tempFolder } from '../servers/process.mjs'
import { openAt } from './earlier'

let dir: string
const key = randomBytes(32)
beforeEach(() => {
  dir = tempFolder('migration')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const at = (version: number): Database => openAt(dir, key, version)

test('versions go up one by one', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
})

test('notes: a conversation of before is kept and takes notes', () => {
  const before = at(1)
  before.write((tx) => tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)"))
  before.close()
  const after = at(2)
  after.write((tx) => tx.run("INSERT INTO notes(conversation_id, at, author, text) VALUES(7, 1, 'Bo', 'x')"))
  expect(
    after.read.all('SELECT c.subject, n.text FROM conversations c JOIN notes n ON n.conversation_id = c.id'),
  ).toEqual([{ subject: 'Bell', text: 'x' }])
  after.close()
})

test('search file: the words of a message of before are found again', async () => {
  const before = at(4)
  before.write((tx) => {
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)")
    tx.run(`INSERT INTO messages(id, conversation_id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind,
      attachment_count, remote_count, raw_size) VALUES(3, 7, 1, x'00', '[]', 0, 1, 0, 1, 'Hannah', 'h@x.test', 0, '{"replyTo":[],"to":[],"cc":[],"bcc":[]}', 'Bell', '', 'none', 0, 0, 1)`)
    tx.run(
      'INSERT INTO message_bodies(message_id, body) VALUES(3, ?)',
      packMessage({ text: 'it does not ring', html: null, textSuffices: true, cut: false }, Buffer.from('raw')).body,
    )
    tx.run("INSERT INTO search(rowid, words) VALUES(3, 'it does not ring')")
  })
  before.close()
  at(5).close()
  const { workspace } = Workspace.open(dir, Buffer.from(key), {
    device: newDeviceSecret(),
    mail: () => null,
    app: () => null,
    onCommit: () => undefined,
  })
  const thread = new StoreThread(dir, key, null)
  const index = new SearchIndex(workspace, dir, key, thread)
  await expect.poll(() => index.waiting).toBe(0)
  expect([...index.matches('"ring" AND "hannah"')]).toEqual([3])
  index.stop()
  thread.stop()
  workspace.db.close()
})

test('threads: ids of before still lead to their conversation, and a person can sort it', () => {
  const before = at(5)
  before.write((tx) => {
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)")
    tx.run('INSERT INTO thread_ids(hash, conversation_id) VALUES(123, 7)')
    tx.run("INSERT INTO history(conversation_id, at, kind, by) VALUES(7, 1, 'closed', 'Bo')")
  })
  before.close()
  const after = at(6)
  after.write((tx) => {
    tx.run("INSERT INTO thread_acts(id, kind, at, by, conversation_id, other_id) VALUES(1, 'keep', 1, 'Bo', 7, 7)")
    tx.run('INSERT INTO thread_pins(key_hash, conversation_id, act_id, chosen) VALUES(123, 7, 1, 1)')
  })
  expect(after.read.get('SELECT conversation_id, broadcast FROM thread_ids WHERE hash = 123')).toEqual({
    conversation_id: 7,
    broadcast: 0,
  })
  expect(after.read.get('SELECT family FROM conversations WHERE id = 7')).toEqual({ family: null })
  expect(after.read.get('SELECT kind, act_id FROM history')).toEqual({ kind: 'closed', act_id: null })
  after.close()
})

test('completeness: a folder of before keeps its counts and has been compared with nothing yet', () => {
  const before = at(6)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x', 's@x', '{}', '{}', 1)",
    )
    tx.run(
      "INSERT INTO folders(id, mailbox_id, path, role, server_count, checked_at) VALUES(3, 1, 'INBOX', 'inbox', 12, 99)",
    )
  })
  before.close()
  const after = at(7)
  expect(after.read.all('SELECT path, server_count, checked_at, verified_at, missing FROM folders')).toEqual([
    { path: 'INBOX', server_count: 12, checked_at: 99, verified_at: null, missing: 0 },
  ])
  after.close()
})

test('work: a conversation of before is unassigned, awake and without tags', () => {
  const before = at(8)
  before.write((tx) => {
    tx.run("INSERT INTO conversations(id, subject, status, hidden) VALUES(7, 'Bell', 0, 0)")
    tx.run("INSERT INTO history(conversation_id, at, kind, by) VALUES(7, 1, 'closed', 'Bo')")
  })
  before.close()
  const after = at(8)
  expect(after.read.get('SELECT assignee, tags, snoozed_until FROM conversations WHERE id = 7')).toEqual({
    assignee: null,
    tags: '[]',
    snoozed_until: null,
  })
  expect(after.read.get('SELECT detail FROM history')).toEqual({ detail: '' })
  after.close()
})

test('transfers: mailboxes and folders of before have a server', () => {
  const before = at(8)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'A', 'a@x', 'a@x', '{}', '{}', 1)",
    )
    tx.run("INSERT INTO folders(id, mailbox_id, path, role) VALUES(2, 1, 'INBOX', 'inbox')")
  })
  before.close()
  const after = at(9)
  expect(
    after.read.get(
      'SELECT m.local AS mailbox, f.local AS folder FROM mailboxes m JOIN folders f ON f.mailbox_id = m.id',
    ),
  ).toEqual({ mailbox: 0, folder: 0 })
  expect(after.read.all('SELECT id FROM transfers')).toEqual([])
  after.close()
})

test('mailbox use: nothing was counted before', () => {
  const before = at(13)
  before.write((tx) =>
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x', 's@x', '{}', '{}', 1)",
    ),
  )
  before.close()
  const after = at(14)
  expect(usedOf(after.read)).toEqual([{ mailboxId: 1, read: 0, sent: 0, acts: 0, since: null, lastAt: null }])
  after.write((tx) => countUse(tx, 1, 'read', 3))
  after.write((tx) => {
    countUse(tx, 1, 'read', 2)
    countUse(tx, 1, 'sent', 0)
    countUse(tx, 1, 'acts', 1)
  })
  expect(usedOf(after.read)).toMatchObject([
    { read: 5, sent: 0, acts: 1, since: expect.any(Number), lastAt: expect.any(Number) },
  ])
  after.close()
})

test('labels: a place of before lies where its folder says', () => {
  const before = at(14)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x', 's@x', '{}', '{}', 1)",
    )
    tx.run("INSERT INTO folders(id, mailbox_id, path, role) VALUES(3, 1, 'INBOX', 'inbox')")
    tx.run(
      "INSERT INTO messages(id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind, attachment_count, remote_count, raw_size) VALUES(9, 1, x'00', '[]', 0, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)",
    )
    tx.run('INSERT INTO locations(folder_id, uid, message_id, flags) VALUES(3, 7, 9, 1)')
  })
  before.close()
  const after = at(15)
  expect(after.read.all('SELECT folder_id, uid, message_id, flags, shown_as, labels FROM locations')).toEqual([
    { folder_id: 3, uid: 7, message_id: 9, flags: 1, shown_as: null, labels: null },
  ])
  after.close()
})

test('note names: notes of before keep their words, each with a name of its own', () => {
  const before = at(15)
  before.write((tx) => {
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)")
    for (const text of ['one', 'two'])
      tx.run('INSERT INTO notes(conversation_id, at, author, text) VALUES(7, 1, ?, ?)', 'Bo', text)
  })
  before.close()
  const after = at(16)
  const rows = after.read.all<{ text: string; name: string }>('SELECT text, name FROM notes ORDER BY id')
  expect(rows.map(({ text }) => text)).toEqual(['one', 'two'])
  expect(new Set(rows.map(({ name }) => name)).size).toBe(2)
  after.close()
})

test('depth: messages of before are whole and mailboxes keep everything', () => {
  const before = at(16)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'A', 'a@x', 'a@x', '{}', '{}', 1)",
    )
    tx.run(`INSERT INTO messages(id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind,
      attachment_count, remote_count, raw_size) VALUES(3, 1, x'00', '[]', 0, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)`)
  })
  before.close()
  const after = at(17)
  expect(after.read.get('SELECT m.part, b.depth FROM messages m, mailboxes b')).toEqual({ part: 0, depth: '{}' })
  after.close()
})

test('stale team states: the state of before is not made anew', () => {
  const before = at(18)
  before.write((tx) =>
    tx.run(
      "INSERT INTO team_state(owner, field, element, rank, value, device, seq, idx, at) VALUES('tag:x', 'name', '', 0, '\"Bell\"', 'd', 1, 0, 5)",
    ),
  )
  before.close()
  const after = at(19)
  expect(after.read.get('SELECT count(*) AS n, (SELECT count(*) FROM team_state) AS kept FROM team_stale')).toEqual({
    n: 0,
    kept: 1,
  })
  after.close()
})

test('identities: drafts of before keep the signature in their text and get no second one', () => {
  const before = at(19)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'A', 'a@x', 'a@x', '{}', '{}', 1)",
    )
    tx.run(
      "INSERT INTO drafts(id, kind, mailbox_id, base_version, recipients, subject, html, text, updated_at) VALUES(2, 'new', 1, 0, '{}', '', '', 'Hi', 1)",
    )
  })
  before.close()
  const after = at(20)
  expect(after.read.get('SELECT d.signed, d.sender, d.text, m.identity FROM drafts d, mailboxes m')).toEqual({
    signed: 0,
    sender: '',
    text: 'Hi',
    identity: '{}',
  })
  after.close()
})

test('loops: nothing of before came back, and nothing that waits was confirmed', () => {
  const before = at(21)
  before.write((tx) =>
    tx.run(`INSERT INTO messages(id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind,
    attachment_count, remote_count, raw_size) VALUES(3, 1, x'00', '[]', 0, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)`),
  )
  before.close()
  const after = at(22)
  expect(after.read.get('SELECT returned FROM messages')).toEqual({ returned: 0 })
  expect(
    after.read.get("SELECT dflt_value AS standard FROM pragma_table_info('outbox') WHERE name = 'loop_ok'"),
  ).toEqual({ standard: '0' })
  after.close()
})

test('mail labels: those of mail that is here already are shown at once, system labels are none', () => {
  const before = at(22)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x', 's@x', '{}', '{}', 1)",
    )
    tx.run("INSERT INTO folders(id, mailbox_id, path, role) VALUES(3, 1, 'All', 'all')")
    tx.run("INSERT INTO conversations(id, subject, status, hidden, last_at) VALUES(5, 'Bell', 2, 0, 40)")
    tx.run(
      "INSERT INTO messages(id, conversation_id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind, attachment_count, remote_count, raw_size) VALUES(9, 5, 1, x'00', '[]', 0, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)",
    )
    tx.run(
      'INSERT INTO locations(folder_id, uid, message_id, flags, shown_as, labels) VALUES(3, 7, 9, 1, ?, ?)',
      'inbox',
      JSON.stringify(['\\Inbox', 'Orders', 'Later']),
    )
  })
  before.close()
  const after = at(23)
  expect(after.read.get('SELECT labels FROM conversations')).toEqual({ labels: '["Later","Orders"]' })
  expect(after.read.all('SELECT * FROM conversation_labels ORDER BY label')).toEqual(
    ['Later', 'Orders'].map((label) => ({ label, conversation_id: 5, listed: 1, last_at: 40 })),
  )
  expect(after.read.all('SELECT mailbox_id, name FROM mail_labels ORDER BY name')).toEqual([
    { mailbox_id: 1, name: 'Later' },
    { mailbox_id: 1, name: 'Orders' },
  ])
  after.write((tx) => tx.run('UPDATE conversations SET hidden = 2 WHERE id = 5'))
  expect(after.read.get('SELECT max(listed) AS listed FROM conversation_labels')).toEqual({ listed: 0 })
  after.close()
})

test('views: a conversation of before has no field and no follower, and takes them', () => {
  const before = at(23)
  before.write((tx) => tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)"))
  before.close()
  const after = at(24)
  expect(after.read.all('SELECT * FROM conversation_fields')).toEqual([])
  after.write((tx) => {
    tx.run(
      "INSERT INTO conversation_fields(conversation_id, field, value) VALUES(7, 'order', 10), (7, 'due', '2026-10-05')",
    )
    tx.run("INSERT INTO conversation_people(conversation_id, member, follows) VALUES(7, 'ana', 1)")
  })
  expect(after.read.all('SELECT field, typeof(value) AS kind FROM conversation_fields ORDER BY field')).toEqual([
    { field: 'due', kind: 'text' },
    { field: 'order', kind: 'integer' },
  ])
  expect(after.read.all('SELECT member, follows, mentioned_at, seen_at FROM conversation_people')).toEqual([
    { member: 'ana', follows: 1, mentioned_at: 0, seen_at: 0 },
  ])
  after.close()
})

test('renumbering: folders of before hold their own places', () => {
  const before = at(24)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x', 's@x', '{}', '{}', 1)",
    )
    tx.run("INSERT INTO folders(id, mailbox_id, path, role, uid_validity) VALUES(3, 1, 'INBOX', 'inbox', '7')")
  })
  before.close()
  const after = at(25)
  expect(after.read.get('SELECT path, uid_validity, former_of FROM folders')).toEqual({
    path: 'INBOX',
    uid_validity: '7',
    former_of: null,
  })
  after.close()
})

test('team snapshots: places and frontiers of before stay; nothing counts as read back, no snapshot stands', () => {
  const before = at(25)
  before.write((tx) => {
    tx.run("INSERT INTO team_frontier(device, seq) VALUES('d', 7)")
    tx.run("INSERT INTO team_places(generation, place, hash) VALUES('g', '1', 'h')")
  })
  before.close()
  const after = at(26)
  expect(
    after.read.get(
      'SELECT f.seq, f.hash, p.place, p.read, (SELECT count(*) FROM team_snapshots) AS snapshots FROM team_frontier f, team_places p',
    ),
  ).toEqual({ seq: 7, hash: '', place: '1', read: 0, snapshots: 0 })
  after.close()
})

test('bodies in order: each message keeps its own body, and later ones are put behind', () => {
  const before = at(26)
  const columns =
    'key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind, attachment_count, remote_count, raw_size) VALUES'
  before.write((tx) => {
    for (const id of [9, 3]) {
      tx.run(
        `INSERT INTO messages(id, ${columns}(?, 1, x'00', '[]', 0, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)`,
        id,
      )
      tx.run(
        'INSERT INTO message_bodies(message_id, remote_urls, body, source) VALUES(?, ?, ?, ?)',
        id,
        `["${id}"]`,
        Buffer.from([id]),
        id === 9 ? null : Buffer.from([7]),
      )
    }
  })
  before.close()
  const after = at(27)
  after.write((tx) => {
    tx.run(
      `INSERT INTO messages(id, ${columns}(1, 1, x'00', '[]', 0, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)`,
    )
    tx.run("INSERT INTO message_bodies(message_id, body) VALUES(1, x'01')")
  })
  expect(
    after.read.all(
      'SELECT message_id, remote_urls, hex(body) AS body, hex(source) AS source FROM message_bodies ORDER BY id',
    ),
  ).toEqual([
    { message_id: 3, remote_urls: '["3"]', body: '03', source: '07' },
    { message_id: 9, remote_urls: '["9"]', body: '09', source: '' },
    { message_id: 1, remote_urls: null, body: '01', source: '' },
  ])
  expect(() => after.write((tx) => tx.run("INSERT INTO message_bodies(message_id, body) VALUES(1, x'02')"))).toThrow(
    /UNIQUE/,
  )
  after.close()
})

test('note drafts: what waits in the outbox of before was given to nobody with it', () => {
  const before = at(27)
  before.write((tx) => tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)"))
  before.close()
  const after = at(28)
  after.write((tx) => tx.run("INSERT INTO note_drafts(conversation_id, text, updated_at) VALUES(7, 'half a note', 1)"))
  expect(
    after.read.get(
      "SELECT (SELECT dflt_value FROM pragma_table_info('outbox') WHERE name = 'assigned') AS standard, (SELECT text FROM note_drafts) AS text",
    ),
  ).toEqual({ standard: null, text: 'half a note' })
  after.close()
})

test('elsewhere: no message of before is said to be of another program', () => {
  const before = at(28)
  before.write((tx) =>
    tx.run(`INSERT INTO messages(id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind,
    attachment_count, remote_count, raw_size) VALUES(3, 1, x'00', '[]', 1, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)`),
  )
  before.close()
  const after = at(29)
  expect(after.read.get('SELECT elsewhere FROM messages')).toEqual({ elsewhere: 0 })
  after.close()
})

test('team computers: an invitation of before is for somebody new', () => {
  const before = at(29)
  before.write((tx) =>
    tx.run(
      "INSERT INTO team_invites(id, secret, name, role, permissions, made_at, ends_at, state) VALUES('i', x'00', 'Ben', 'agent', '[]', 1, 2, 'open')",
    ),
  )
  before.close()
  const after = at(30)
  expect(after.read.get('SELECT name, member FROM team_invites')).toEqual({ name: 'Ben', member: null })
  after.close()
})

test('moves: conversations of before stay where their mail lies', () => {
  const before = at(30)
  before.write((tx) => tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)"))
  before.close()
  const after = at(31)
  expect(after.read.get('SELECT moved_to, (SELECT count(*) FROM mailbox_moves) AS waiting FROM conversations')).toEqual(
    { moved_to: null, waiting: 0 },
  )
  after.close()
})

test('import to the server: what waited to be moved still goes into the inbox, and an import of before stays on this computer', () => {
  const before = at(31)
  before.write((tx) => {
    tx.run(`INSERT INTO messages(id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind,
      attachment_count, remote_count, raw_size) VALUES(3, 1, x'00', '[]', 1, 1, 0, 1, '', '', 0, '{}', '', '', 'none', 0, 0, 1)`)
    tx.run('INSERT INTO mailbox_moves(message_id, mailbox_id) VALUES(3, 1)')
    tx.run("INSERT INTO transfers(kind, state, name, paths, started_at) VALUES('import', 'running', 'x', '[]', 1)")
  })
  before.close()
  const after = at(32)
  expect(after.read.get('SELECT role FROM mailbox_moves')).toEqual({ role: 'inbox' })
  expect(after.read.get('SELECT to_server FROM transfers')).toEqual({ to_server: 0 })
  after.close()
})

test('team merges: what waits is found by the name of the conversation that it waits for, without reading the log', () => {
  const before = at(32)
  before.write((tx) => {
    for (const [seq, kind] of ['merge', 'note'].entries())
      tx.run(
        "INSERT INTO team_events(device, seq, idx, kind, entity, ms, ctr, payload, standing) VALUES('d', ?, 0, ?, 'c:a', 1, 0, ?, 0)",
        seq,
        kind,
        JSON.stringify({ into: 'c:b' }),
      )
  })
  before.close()
  const after = at(33)
  const find = "SELECT entity FROM team_events WHERE kind = 'merge' AND json_extract(payload, '$.into') = 'c:b'"
  expect(after.read.all(find)).toEqual([{ entity: 'c:a' }])
  expect(JSON.stringify(after.read.all(`EXPLAIN QUERY PLAN ${find}`))).toContain('team_merges')
  after.close()
})

test('history lines of before tell of no event', () => {
  const before = at(33)
  before.write((tx) => {
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)")
    tx.run("INSERT INTO history(conversation_id, at, kind, by) VALUES(7, 5, 'tagged', 'Ana')")
  })
  before.close()
  const after = at(34)
  expect(after.read.get('SELECT kind, by, dot FROM history')).toEqual({ kind: 'tagged', by: 'Ana', dot: null })
  after.close()
})

test('mailbox rows follow: a list of a mailbox of before that was out of step is sorted as its conversation is, and stays so', () => {
  const before = at(35)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'a', 'a@x.test', 'a@x.test', '{}', '{}', 1)",
    )
    tx.run('INSERT INTO conversations(id, status, hidden, last_at) VALUES(7, 0, 0, 5)')
    tx.run('INSERT INTO conversation_mailboxes(mailbox_id, conversation_id, status, last_at) VALUES(1, 7, 2, 4)')
  })
  before.close()
  const after = at(36)
  const row = (): unknown =>
    after.read.get('SELECT hidden, status, unread, last_at FROM conversation_mailboxes WHERE conversation_id = 7')
  expect(row()).toEqual({ hidden: 0, status: 0, unread: 0, last_at: 5 })
  after.write((tx) => tx.run('UPDATE conversations SET status = 1, unread = 1, last_at = 9 WHERE id = 7'))
  expect(row()).toEqual({ hidden: 0, status: 1, unread: 1, last_at: 9 })
  expect(after.read.get('SELECT total, unread FROM view_counts WHERE mailbox_id = 1 AND status = 1')).toEqual({
    total: 1,
    unread: 1,
  })
  after.close()
})

test('former: who was taken out before is still to be tried, with the first password that was kept', () => {
  const before = at(36)
  before.write((tx) => tx.run("INSERT INTO team_info(key, value) VALUES('revoke:m1', 'true'), ('team', '{}')"))
  before.close()
  const after = at(37)
  expect(after.read.all('SELECT key, value FROM team_info ORDER BY key')).toEqual([
    { key: 'revoke:m1', value: '{"since":0,"certain":true,"tried":null}' },
    { key: 'team', value: '{}' },
  ])
  after.close()
})

test('taken back: lines of before stand as they did', () => {
  const before = at(37)
  before.write((tx) => {
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 0)")
    tx.run("INSERT INTO history(conversation_id, at, kind, by) VALUES(7, 5, 'tagged', 'Ana')")
  })
  before.close()
  const after = at(38)
  expect(after.read.get('SELECT kind, taken_back FROM history')).toEqual({ kind: 'tagged', taken_back: 0 })
  after.close()
})

test('access notices: grants of before are kept, and nothing is told of them', () => {
  const before = at(38)
  before.write((tx) => {
    tx.run("INSERT INTO support_identities(id, sign_key, card, added_at, added_by) VALUES(1, 'k', '{}', 1, 'me')")
    tx.run(
      "INSERT INTO grants(id, name, identity_id, kind, scope, reason, reference, granted_by, granted_at, ends_at) VALUES(4, 'x', 1, 'support', 'full', 'because', '', 'me', 0, 9)",
    )
  })
  before.close()
  const after = at(39)
  expect(after.read.all('SELECT * FROM access_notices')).toEqual([])
  expect(() => after.write((tx) => tx.run("INSERT INTO access_notices(what, grant_id) VALUES('ended', 5)"))).toThrow()
  after.write((tx) => tx.run("INSERT INTO access_notices(what, grant_id) VALUES('ended', 4)"))
  expect(after.read.get('SELECT what, grant_id FROM access_notices')).toEqual({ what: 'ended', grant_id: 4 })
  after.close()
})

test('named customers: those that a person named before are found by that name, no others', () => {
  const before = at(39)
  before.write((tx) =>
    tx.run(
      "INSERT INTO customers(id, name, named_by_person, first_auto_at, last_at) VALUES(1, 'Bell Ltd', 1, 0, 0), (2, 'Bell', 0, 0, 0)",
    ),
  )
  before.close()
  const after = at(40)
  const named = (): unknown =>
    after.read.all('SELECT id FROM customers INDEXED BY customers_named WHERE named_by_person = 1 ORDER BY id')
  expect(named()).toEqual([{ id: 1 }])
  after.write((tx) => tx.run('UPDATE customers SET named_by_person = 1 WHERE id = 2'))
  expect(named()).toEqual([{ id: 1 }, { id: 2 }])
  after.close()
})

test('send told: what was queued before is still taken back', () => {
  const before = at(40)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'a', 'a@x.test', 'a@x.test', '{}', '{}', 1)",
    )
    tx.run("INSERT INTO conversations(id, subject, status) VALUES(7, 'Bell', 2)")
    tx.run(
      "INSERT INTO outbox(id, state, conversation_id, mailbox_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, refs, snippet, status_before, status_after, made_conversation) VALUES(3, 'queued', 7, 1, '<m@x>', 1, 'p', 1, 1, 1, '{}', '[]', 'Hi', 0, 2, 0)",
    )
  })
  before.close()
  const after = at(41)
  expect(after.read.get('SELECT id, state, status_told FROM outbox')).toEqual({
    id: 3,
    state: 'queued',
    status_told: null,
  })
  after.close()
})

test('undelivered: of messages of before, those whose last word failed and that nothing of ours followed are marked', () => {
  const before = at(42)
  const columns = `id, conversation_id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind,
    attachment_count, remote_count, raw_size`
  before.write((tx) => {
    for (const [id, direction, date, conversation] of [
      [1, 1, 10, 7],
      [2, 0, 30, 7],
      [3, 1, 10, 8],
      [4, 1, 30, 8],
      [5, 1, 10, 9],
    ] as const) {
      tx.run("INSERT OR IGNORE INTO conversations(id, subject, status) VALUES(?, 'Bell', 0)", conversation)
      tx.run(
        `INSERT INTO messages(${columns}) VALUES(?1, ?2, ?1, x'00', '[]', ?3, 2, 1, ?4, '', 'a@x', 0, '{}', '', '', 'none', 0, 0, 1)`,
        id,
        conversation,
        direction,
        date,
      )
    }
    for (const [about, report, action, when] of [
      [1, 0, 'failed', 11],
      [3, 0, 'failed', 11],
      [5, 0, 'failed', 11],
      [5, 1, 'delivered', 12],
    ] as const)
      tx.run("INSERT INTO delivery_reports VALUES(?, 'h@x.test', ?, ?, '', ?)", about, report, action, when)
  })
  before.close()
  const after = at(43)
  expect(after.read.all('SELECT id FROM conversations WHERE undelivered = 1')).toEqual([{ id: 7 }])
  after.close()
})

test('part files: exports of before are kept, and no file of theirs is anybody’s to take away', () => {
  const before = at(43)
  before.write((tx) =>
    tx.run(
      "INSERT INTO transfers(id, kind, state, name, paths, started_at) VALUES(1, 'export', 'done', 'x', '[\"/x\"]', 1)",
    ),
  )
  before.close()
  const after = at(44)
  expect(after.read.all('SELECT id, state, paths FROM transfers')).toEqual([{ id: 1, state: 'done', paths: '["/x"]' }])
  expect(after.read.all('SELECT path FROM part_files')).toEqual([])
  after.close()
})

test('back in mailboxes: of before, what a merge that was taken back left out of the lists of its mailbox is there again', () => {
  const before = at(44)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'a', 'a@x.test', 'a@x.test', '{}', '{}', 1)",
    )
    for (const [id, into] of [
      [7, null],
      [8, null],
      [9, 7],
    ] as const) {
      tx.run(
        "INSERT INTO conversations(id, status, hidden, unread, last_at, mailbox_ids, merged_into) VALUES(?, 0, 0, 1, 5, '[1,2]', ?)",
        id,
        into,
      )
      if (id !== 7)
        tx.run(
          "INSERT INTO thread_acts(kind, at, by, conversation_id, other_id, undone, before) VALUES('merge', 1, 'Ana', 7, ?, ?, '{}')",
          id,
          Number(into === null),
        )
    }
    tx.run('INSERT INTO conversation_mailboxes(mailbox_id, conversation_id, hidden, status) VALUES(1, 7, 0, 0)')
  })
  before.close()
  const after = at(45)
  expect(
    after.read.all('SELECT mailbox_id, conversation_id, unread, last_at FROM conversation_mailboxes ORDER BY 2 DESC'),
  ).toMatchObject([{ mailbox_id: 1, conversation_id: 8, unread: 1, last_at: 5 }, { conversation_id: 7 }])
  expect(after.read.get('SELECT total FROM view_counts WHERE mailbox_id = 1 AND status = 0')).toEqual({ total: 2 })
  after.close()
})

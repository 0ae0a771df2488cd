import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { expect, test } from 'vitest'
import { databaseFile, pageBytes } from '../../../src-main/store/file/database'
import { outboxRaw } from '../../../src-main/store/migrations/0042-outbox-raw'
import { openAt } from '../earlier'
import { tempFolder } from '../../servers/process.mjs'
import { Harness, parsed } from '../helpers'
import { packPage } from '../../../src-main/shared/page-bytes'

/** As app does it when a person asks for it. */
function setAside(store: Harness): void {
  for (const ending of ['', '-wal', '-shm']) {
    const name = `postern.db${ending}`
    if (readdirSync(store.dir).includes(name))
      renameSync(path.join(store.dir, name), path.join(store.dir, `postern-damaged-2026-11-22.db${ending}`))
  }
}

test(
  'what only this laptop has outlives damage: mailboxes, drafts, queued replies, decisions, notes (R46)',
  { timeout: 30_000 },
  async () => {
    const store = await Harness.make()
    const { id: mailboxId, folders } = await store.mailbox()
    const inbox = folders['INBOX'] ?? 0
    for (let n = 0; n < 60; n++)
      await store.put(inbox, {
        from: `c${n}@x.test`,
        id: `m${n}@x`,
        subject: `S${n}`,
        text: `text ${n}`,
        raw: `From: c${n}@x.test\r\n\r\n${randomBytes(12_000).toString('base64')}`,
        date: 1_780_000_000_000 + n * 1000,
      })
    const rows = await store.list()
    const byName = (name: string): number => rows.find(({ subject }) => subject === name)?.id ?? 0
    await store.call('conversations.setStatus', { ids: [byName('S1')], status: 'pending' })
    const draft = await store.call('drafts.start', { kind: 'reply', conversationId: byName('S2'), messageId: null })
    await store.call('drafts.save', { ...draft, text: 'half written' })
    await store.call('drafts.attach', {
      id: draft.id,
      name: 'a.pdf',
      type: 'application/pdf',
      bytes: new Uint8Array([1, 2]),
    })
    const reply = await store.call('drafts.start', { kind: 'reply', conversationId: byName('S3'), messageId: null })
    await store.call('drafts.save', { ...reply, text: 'queued text' })
    await store.call('outbox.send', { draftId: reply.id, thenStatus: 'closed' })
    await store.call('settings.set', { workspaceName: 'Acme' })
    const customerId = (await store.call('conversations.get', { id: byName('S4') })).customerId ?? 0
    await store.call('customers.update', { id: customerId, note: 'VIP' })
    // Bodies are most of the file: a page in its middle is one of theirs.
    store.service.closeStore()
    const pages = statSync(databaseFile(store.dir)).size / pageBytes
    const file = openSync(databaseFile(store.dir), 'r+')
    for (let page = Math.floor(pages * 0.5); page < pages * 0.5 + 4; page++)
      writeSync(file, Buffer.from('damage'), 0, 6, page * pageBytes + 500)
    closeSync(file)
    setAside(store)

    await store.start()
    expect((await store.call('mailboxes.list', {})).mailboxes.map(({ id }) => id)).toEqual([mailboxId])
    expect((await store.call('settings.get', {})).workspaceName).toBe('Acme')
    expect((await store.call('drafts.list', {})).drafts).toMatchObject([
      { id: draft.id, text: 'half written', files: [{ name: 'a.pdf' }] },
    ])
    expect((await store.call('outbox.list', {})).items).toMatchObject([
      { state: 'queued', text: 'queued text', to: [{ address: 'c3@x.test' }] },
    ])
    expect(readdirSync(store.dir).some((name) => name.startsWith('postern-damaged'))).toBe(true)

    // Mail comes again and finds what was decided about it.
    const { folders: again } = await store.mail.call('folders.sync', {
      mailboxId,
      folders: [{ path: 'INBOX', delimiter: '/', role: 'inbox' }],
    })
    const folderId = again[0]?.folderId ?? 0
    await store.mail.call('folder.reset', { folderId, uidValidity: '1' })
    for (let n = 0; n < 60; n++)
      await store.put(
        folderId,
        { from: `c${n}@x.test`, id: `m${n}@x`, subject: `S${n}`, date: 1_780_000_000_000 + n * 1000 },
        { uid: n + 1 },
      )
    expect((await store.list('pending')).map(({ subject }) => subject)).toEqual(['S1'])
    expect((await store.list('closed')).map(({ subject, outbox }) => [subject, outbox])).toEqual([['S3', 'queued']])
    const open = await store.list('inbox')
    expect(open).toHaveLength(58)
    expect(open.find(({ subject }) => subject === 'S2')?.hasDraft).toBe(true)
    const customer =
      (await store.call('conversations.get', { id: open.find(({ subject }) => subject === 'S4')?.id ?? 0 }))
        .customerId ?? 0
    expect((await store.call('customers.get', { id: customer })).note).toBe('VIP')
    const { job } = await store.claim(mailboxId)
    expect(job === null || job.inReplyTo === 'm3@x').toBe(true)
    await store.stop()
  },
)

test(
  'the work of the team, the access log and mail from files outlive damage, and this device never counts from one again (R46)',
  { timeout: 30_000 },
  async () => {
    const store = await Harness.make()
    const { id: mailboxId, folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, { from: 'ana@x.test', id: 'ana@x', subject: 'Bell' })
    await store.put(folders['INBOX'] ?? 0, { from: 'ben@x.test', id: 'ben@x', subject: 'Pedal' })
    const bell = (await store.list()).find(({ subject }) => subject === 'Bell')?.id ?? 0
    const tag = await store.call('tags.create', { label: 'Warranty' })
    await store.call('conversations.tag', { ids: [bell], tag: tag.name, on: true })
    await store.call('conversations.assign', { ids: [bell], to: store.service.open.workspace.device.id })
    const { id: importId } = await store.app.call('transfer.import', {
      paths: ['/old'],
      name: 'old',
      target: { kind: 'new', name: 'Old shop', address: null },
    })
    await store.mail.call('import.page', {
      id: importId,
      folder: 'Letters',
      role: 'other',
      position: null,
      done: 1,
      total: 1,
      left: 0,
      ...packPage([
        {
          flags: [],
          internalDate: 1_500_000_000_000,
          message: parsed({ from: 'old@x.test', id: 'old@x', subject: 'Years ago', text: 'the velocipede' }),
        },
      ]),
    })
    const rows = (sql: string): unknown[] => store.db.read.all(sql)
    const kept = (): unknown => ({
      events: rows('SELECT device, seq, idx, kind, entity, payload FROM team_events ORDER BY device, seq, idx'),
      tags: rows('SELECT name, label FROM tags'),
      log: rows('SELECT device, seq, hex(hash) AS hash FROM access_log ORDER BY id'),
      local: rows(
        'SELECT m.subject, m.part FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id WHERE f.local = 1',
      ),
    })
    await store.app.call('policy.set', {
      source: 'a file',
      managedBy: 'IT',
      locked: ['diagnostics'],
      faults: [],
      policy: { diagnostics: 'off' },
    })
    const before = kept()
    expect(rows('SELECT 1 FROM access_log')).not.toEqual([])
    const last = (): number => store.db.read.get<{ seq: number }>('SELECT max(seq) AS seq FROM team_batches')?.seq ?? 0
    store.db.write((tx) => store.service.open.workspace.team.closeBatch(tx))
    const batch = last()
    store.service.closeStore()
    setAside(store)
    await store.start()
    expect(kept()).toEqual(before)
    expect((await store.call('mailboxes.list', {})).mailboxes.map(({ name, local }) => [name, local])).toEqual([
      ['support', false],
      ['Old shop', true],
    ])
    await expect.poll(async () => (await store.call('search.query', { text: 'velocipede' })).total).toBe(1)
    expect(
      (await store.call('conversations.list', { view: 'closed', mailboxId: 2, offset: 0, limit: 5 })).rows.map(
        ({ subject }) => subject,
      ),
    ).toEqual(['Years ago'])

    // Its mail comes again, and with it what the team made of it; the next act has the next number.
    const { folders: again } = await store.mail.call('folders.sync', {
      mailboxId,
      folders: [{ path: 'INBOX', delimiter: '/', role: 'inbox' }],
    })
    const inbox = again.find(({ path: at }) => at === 'INBOX')?.folderId ?? 0
    await store.mail.call('folder.reset', { folderId: inbox, uidValidity: '1' })
    await store.put(inbox, { from: 'ana@x.test', id: 'ana@x', subject: 'Bell' })
    expect(
      (await store.list()).map(({ subject, tags, assignee }) => [
        subject,
        tags.map(({ label }) => label),
        assignee !== null,
      ]),
    ).toEqual([['Bell', ['Warranty'], true]])
    await store.call('tags.create', { label: 'Next' })
    expect(last()).toBe(batch + 1)
    await store.stop()
  },
)

test('what was sent and whose copy does not lie in Sent yet outlives damage, also where its bytes lay in the outbox itself (R46)', async () => {
  const store = await Harness.make()
  await store.mailbox()
  const mailbox = store.db.read.get<{ imap: string; smtp: string }>('SELECT imap, smtp FROM mailboxes')
  store.service.closeStore()
  for (const name of readdirSync(store.dir).filter((one) => one.startsWith('postern.db')))
    rmSync(path.join(store.dir, name))
  const before = openAt(store.dir, Buffer.from(store.key), outboxRaw.version - 1)
  before.write((tx) => {
    tx.run(
      "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x.test', 's@x.test', ?, ?, 0)",
      mailbox?.imap ?? '',
      mailbox?.smtp ?? '',
    )
    tx.run("INSERT INTO conversations(id, subject, status, status_by_person) VALUES(7, 'Bell', 0, 1)")
    tx.run(
      `INSERT INTO outbox(id, state, conversation_id, mailbox_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, refs, snippet, status_before, status_after, made_conversation, copy, raw)
      VALUES(1, 'sent', 7, 1, 'a@x', 1, 'p', 0, 0, 0, '{"name":"","address":"s@x.test"}', '[]', '', 0, 2, 0, 1, ?)`,
      Buffer.from('raw'),
    )
  })
  before.close()
  setAside(store)
  await store.start()
  // And once more, now that they have a table of their own.
  for (let round = 0; round < 2; round++) {
    const { copy } = await store.mail.call('copies.next', { mailboxId: 1 })
    expect(Buffer.from(copy?.raw ?? []).toString()).toBe('raw')
    if (round === 1) break
    store.service.closeStore()
    for (const name of readdirSync(store.dir).filter((one) => one.startsWith('postern-damaged')))
      rmSync(path.join(store.dir, name))
    setAside(store)
    await store.start()
  }
  await store.stop()
})

test('a database that was damaged before an update is not lost for tables and columns that it has not got yet (R46)', async () => {
  const first = await Harness.make()
  await first.mailbox()
  const { imap, smtp } = first.db.read.get<{ imap: string; smtp: string }>('SELECT imap, smtp FROM mailboxes') ?? {}
  await first.stop()
  for (const version of [1, 3, 12, 25, outboxRaw.version]) {
    const dir = tempFolder('salvage')
    const key = randomBytes(32)
    const before = openAt(dir, Buffer.from(key), version)
    before.write((tx) => {
      tx.run(`INSERT INTO settings(key, value) VALUES('workspaceName', '"Acme"')`)
      tx.run(
        "INSERT INTO mailboxes(id, name, address, address_key, imap, smtp, created_at) VALUES(1, 'S', 's@x.test', 's@x.test', ?, ?, 0)",
        imap ?? '',
        smtp ?? '',
      )
      tx.run(
        "INSERT INTO drafts(kind, mailbox_id, base_version, recipients, subject, html, text, updated_at) VALUES('new', 1, 0, ?, 'Half written', '', '', 0)",
        JSON.stringify({ to: [], cc: [], bcc: [] }),
      )
    })
    before.close()
    renameSync(databaseFile(dir), path.join(dir, 'postern-damaged-2026-11-22.db'))
    const store = await Harness.make(dir, key)
    expect(await store.call('settings.get', {}), `from version ${version}`).toMatchObject({ workspaceName: 'Acme' })
    const { drafts } = await store.call('drafts.list', {})
    expect(drafts, `from version ${version}`).toMatchObject([{ mailboxId: 1, subject: 'Half written' }])
    await store.stop()
    rmSync(dir, { recursive: true, force: true })
  }
})

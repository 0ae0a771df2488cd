import { closeSync, openSync, readdirSync, renameSync, statSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { expect, test } from 'vitest'
import { databaseFile, pageBytes } from '../../src-main/store/database'
import { Harness } from './helpers'

/** As app does it when a person asks for it. */
function setAside(store: Harness): void {
  for (const ending of ['', '-wal', '-shm']) {
    const name = `postern.db${ending}`
    if (readdirSync(store.dir).includes(name)) renameSync(path.join(store.dir, name), path.join(store.dir, `postern-damaged-2026-11-22.db${ending}`))
  }
}

test('what only this laptop has outlives damage: mailboxes, drafts, queued replies, decisions, notes (R46)', { timeout: 30_000 }, async () => {
  const store = await Harness.make()
  const { id: mailboxId, folders } = await store.mailbox()
  const inbox = folders['INBOX'] ?? 0
  for (let n = 0; n < 60; n++) await store.put(inbox, { from: `c${n}@x.test`, id: `m${n}@x`, subject: `S${n}`, text: `text ${n}`, raw: `From: c${n}@x.test\r\n\r\n${randomBytes(12_000).toString('base64')}`, date: 1_780_000_000_000 + n * 1000 })
  const rows = await store.list()
  const byName = (name: string): number => rows.find(({ subject }) => subject === name)?.id ?? 0
  await store.call('conversations.setStatus', { ids: [byName('S1')], status: 'pending' })
  const draft = await store.call('drafts.start', { kind: 'reply', conversationId: byName('S2'), messageId: null })
  await store.call('drafts.save', { ...draft, text: 'half written' })
  await store.call('drafts.attach', { id: draft.id, name: 'a.pdf', type: 'application/pdf', bytes: new Uint8Array([1, 2]) })
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
  for (let page = Math.floor(pages * 0.5); page < pages * 0.5 + 4; page++) writeSync(file, Buffer.from('damage'), 0, 6, page * pageBytes + 500)
  closeSync(file)
  setAside(store)

  await store.start()
  expect((await store.call('mailboxes.list', {})).mailboxes.map(({ id }) => id)).toEqual([mailboxId])
  expect((await store.call('settings.get', {})).workspaceName).toBe('Acme')
  expect((await store.call('drafts.list', {})).drafts).toMatchObject([{ id: draft.id, text: 'half written', files: [{ name: 'a.pdf' }] }])
  expect((await store.call('outbox.list', {})).items).toMatchObject([{ state: 'queued', text: 'queued text', to: [{ address: 'c3@x.test' }] }])
  expect(readdirSync(store.dir).some((name) => name.startsWith('postern-damaged'))).toBe(true)

  // Mail comes again and finds what was decided about it.
  const { folders: again } = await store.mail.call('folders.sync', { mailboxId, folders: [{ path: 'INBOX', delimiter: '/', role: 'inbox' }] })
  const folderId = again[0]?.folderId ?? 0
  await store.mail.call('folder.reset', { folderId, uidValidity: '1' })
  for (let n = 0; n < 60; n++) await store.put(folderId, { from: `c${n}@x.test`, id: `m${n}@x`, subject: `S${n}`, date: 1_780_000_000_000 + n * 1000 }, { uid: n + 1 })
  expect((await store.list('pending')).map(({ subject }) => subject)).toEqual(['S1'])
  expect((await store.list('closed')).map(({ subject, outbox }) => [subject, outbox])).toEqual([['S3', 'queued']])
  const open = await store.list('inbox')
  expect(open).toHaveLength(58)
  expect(open.find(({ subject }) => subject === 'S2')?.hasDraft).toBe(true)
  const customer = (await store.call('conversations.get', { id: open.find(({ subject }) => subject === 'S4')?.id ?? 0 })).customerId ?? 0
  expect((await store.call('customers.get', { id: customer })).note).toBe('VIP')
  const { job } = await store.claim(mailboxId)
  expect(job === null || job.inReplyTo === 'm3@x').toBe(true)
  await store.stop()
})

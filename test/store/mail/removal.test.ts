import { expect, test } from 'vitest'
import { Harness, parsed } from '../helpers'

test('a removed mailbox leaves no customer of whom nothing is left, however many there are, and takes none of the others along', async () => {
  const store = await Harness.make()
  try {
    const { id, folders } = await store.mailbox()
    const other = await store.mailbox('other@acme.test', { INBOX: 'inbox' })
    await store.put(folders['INBOX'] ?? 0, { from: 'gone@x.test' })
    await store.put(other.folders['INBOX'] ?? 0, { from: 'stays@x.test' })
    store.db.write((tx) => {
      const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)'
      tx.run(
        `${many} INSERT INTO customers(id, name, named_by_person, note, first_auto_at, last_at) SELECT 1000 + i, 'C' || i, i % 400 = 0, iif(i % 500 = 0, 'calls', ''), 0, 0 FROM n`,
      )
      tx.run(
        `${many} INSERT INTO customer_addresses(address_key, address, name, name_key, customer_id, last_at) SELECT i || '@y.test', '', '', '', 1000 + i, 0 FROM n`,
      )
    })
    await store.app.call('mailbox.remove', { id })
    await expect.poll(() => store.db.read.get('SELECT 1 FROM mailboxes WHERE id = ?', id)).toBe(undefined)
    const left = ['C400', 'C500', 'C800', 'C1000', 'C1200']
    expect(
      store.db.read
        .all<{ name: string }>('SELECT name FROM customers ORDER BY id')
        .map(({ name }) => name)
        .filter((name) => name.startsWith('C')),
    ).toEqual(left)
    expect(
      store.db.read
        .all<{ key: string }>('SELECT address_key AS key FROM customer_addresses')
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual([...left.map((name) => `${name.slice(1)}@y.test`), 'stays@x.test'].toSorted())
  } finally {
    await store.stop()
  }
})

test('a mailbox from which a conversation was answered that was moved elsewhere since is removed all the same; what waited to leave from it goes', async () => {
  const store = await Harness.make()
  try {
    const { id, folders } = await store.mailbox()
    const other = await store.mailbox('other@acme.test', { INBOX: 'inbox' })
    await store.call('settings.set', { undoSeconds: 0 })
    await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test' })
    const conversationId = (await store.list())[0]?.id ?? 0
    const answer = async (): Promise<void> => {
      const draft = await store.call('drafts.start', { kind: 'reply', conversationId, messageId: null })
      await store.call('drafts.save', { ...draft, text: 'Hi', html: '<p>Hi</p>' })
      await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })
    }
    await answer()
    const { job } = await store.claim(id)
    await store.mail.call('outbox.settle', {
      id: job?.id ?? 0,
      state: 'sent',
      error: null,
      serverLine: null,
      refused: [],
      later: [],
    })
    await answer()
    await store.call('conversations.move', { ids: [conversationId], mailboxId: other.id })
    await store.app.call('mailbox.remove', { id })
    await expect.poll(() => store.db.read.get('SELECT 1 FROM mailboxes WHERE id = ?', id)).toBe(undefined)
    expect((await store.call('outbox.list', {})).items).toEqual([])
  } finally {
    await store.stop()
  }
})

test('an answer that left from a mailbox that stays, and was not met in its Sent yet, does not go with another mailbox', async () => {
  const store = await Harness.make()
  try {
    const { id, folders } = await store.mailbox()
    const other = await store.mailbox('other@acme.test')
    await store.call('settings.set', { undoSeconds: 0 })
    for (const inbox of [folders['INBOX'], other.folders['INBOX']])
      await store.put(inbox ?? 0, {
        from: 'h@x.test',
        id: 'one@x.test',
        raw: 'From: h@x.test',
        date: 1_790_000_000_000,
      })
    const conversationId = (await store.list())[0]?.id ?? 0
    const draft = await store.call('drafts.start', {
      kind: 'reply',
      conversationId,
      messageId: null,
      mailboxId: other.id,
    })
    await store.call('drafts.save', { ...draft, text: 'Hi', html: '<p>Hi</p>' })
    await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })
    const { job } = await store.claim(other.id)
    await store.mail.call('outbox.composed', {
      id: job?.id ?? 0,
      raw: Buffer.from('raw'),
      message: parsed({
        from: 'other@acme.test',
        to: ['h@x.test'],
        id: job?.messageId ?? '',
        posternId: job?.posternId ?? '',
      }),
    })
    await store.mail.call('outbox.settle', {
      id: job?.id ?? 0,
      state: 'sent',
      error: null,
      serverLine: null,
      refused: [],
      later: [],
    })
    const shown = async () => (await store.call('conversations.get', { id: conversationId })).messages.length
    const before = await shown()
    await store.app.call('mailbox.remove', { id })
    await expect.poll(() => store.db.read.get('SELECT 1 FROM mailboxes WHERE id = ?', id)).toBe(undefined)
    expect(before).toBe(2)
    expect(await shown()).toBe(before)
  } finally {
    await store.stop()
  }
})

test('mail of a mailbox that stays, which its server has deleted and only this computer keeps, does not go with another mailbox', async () => {
  const store = await Harness.make()
  try {
    const { id, folders } = await store.mailbox()
    const other = await store.mailbox('other@acme.test', { INBOX: 'inbox' })
    const [here = 0, there = 0] = [folders['INBOX'], other.folders['INBOX']]
    for (const inbox of [here, there])
      await store.put(inbox, { from: 'h@x.test', id: 'one@x.test', raw: 'From: h@x.test', date: 1_790_000_000_000 })
    const uid = await store.put(there, { from: 'h@x.test', text: 'Kept here', references: ['one@x.test'] })
    await store.put(here, { from: 'h@x.test', text: 'Of the one that goes', references: ['one@x.test'] })
    await store.mail.call('folder.vanished', { folderId: there, uidValidity: '1', uids: [uid] })
    const conversationId = (await store.list())[0]?.id ?? 0
    const shown = async () =>
      (await store.call('conversations.get', { id: conversationId })).messages.map(({ snippet }) => snippet)
    expect(await shown()).toHaveLength(3)
    await store.app.call('mailbox.remove', { id })
    await expect.poll(() => store.db.read.get('SELECT 1 FROM mailboxes WHERE id = ?', id)).toBe(undefined)
    expect(await shown()).toEqual(['The bell does not ring.', 'Kept here'])
  } finally {
    await store.stop()
  }
})

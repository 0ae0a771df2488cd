import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { summarize } from '../../../src-main/store/conversations/summary'
import { day, Harness, parsed, start } from '../helpers'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())

describe('conversations', () => {
  test('a mail and its answer are one row with people, snippet and status', async () => {
    const { folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, { from: 'Hannah <h@x.test>', subject: 'Bell', id: 'a@x', date: start })
    await store.put(folders['Sent'] ?? 0, {
      from: 'Support <support@acme.test>',
      to: ['h@x.test'],
      subject: 'Re: Bell',
      id: 'b@acme',
      inReplyTo: ['a@x'],
      date: start + 1000,
      text: 'We send a new one.',
    })
    const [row] = await store.list('pending')
    expect(row).toMatchObject({
      subject: 'Bell',
      people: ['Hannah'],
      messageCount: 2,
      lastFromTeam: 'Support',
      snippet: 'We send a new one.',
      unread: true,
    })
  })

  test('a conversation that begins with one message says no more and no less than when it is made from its messages anew', async () => {
    const { folders } = await store.mailbox()
    const sorts: [string, Parameters<typeof parsed>[0]][] = [
      [
        'INBOX',
        { from: 'Hannah <h@x.test>', subject: 'Re: Bell', files: [{ name: 'a.pdf' }, { name: 'b.png', inline: true }] },
      ],
      ['INBOX', { from: 'Robot <r@x.test>', auto: 'auto-reply' }],
      ['INBOX', { from: 'Mailer <m@x.test>', auto: 'bounce', to: ['Support <support@acme.test>', 'Otto <o@x.test>'] }],
      ['INBOX', { from: 'Support <support@acme.test>', to: ['New <n@x.test>'] }],
      ['Sent', { from: 'Support <support@acme.test>', to: ['New <n@x.test>'] }],
      ['Sent', { from: 'Support <support@acme.test>', to: ['support@acme.test'] }],
      ['Junk', { from: 'Spam <s@x.test>' }],
      ['Trash', { from: 'Gone <g@x.test>' }],
      ['Archive', { from: 'nobody', subject: '' }],
    ]
    for (const [folder, sent] of sorts)
      for (const live of [false, true])
        await store.put(folders[folder] ?? 0, parsed({ ...sent, text: `${folder} ${String(live)}` }), {
          seen: live,
          live,
        })
    const rows = (): unknown => ({
      conversations: store.db.read.all('SELECT * FROM conversations ORDER BY id'),
      mailboxes: store.db.read.all('SELECT * FROM conversation_mailboxes ORDER BY conversation_id'),
      counts: store.db.read.all('SELECT * FROM view_counts WHERE total > 0 ORDER BY mailbox_id, status'),
    })
    const begun = rows()
    const { db, own } = store.service.open.workspace
    const all = db.read.all<{ id: number }>('SELECT id FROM conversations')
    expect(all).toHaveLength(sorts.length * 2)
    db.write((tx) => {
      tx.run(
        "UPDATE conversations SET subject = '', hidden = 1, unread = 0, last_at = 0, customer_id = NULL, attachment_count = 0, people = '[]', snippet = '', last_from_team = NULL",
      )
      for (const { id } of all) summarize(tx, id, own)
    })
    expect(rows()).toEqual(begun)
  })

  test('a delivery report takes the place of nobody: the row and the customer are who was written to', async () => {
    const { folders } = await store.mailbox()
    await store.put(folders['Sent'] ?? 0, {
      from: 'Support <support@acme.test>',
      to: ['Imre <imre@x.test>'],
      subject: 'Clamp',
      id: 'a@acme',
      date: start,
    })
    await store.put(folders['INBOX'] ?? 0, {
      from: 'Mail Delivery System <daemon@mx.test>',
      to: ['support@acme.test'],
      id: 'dsn@mx',
      inReplyTo: ['a@acme'],
      auto: 'bounce',
      date: start + 1000,
    })
    await store.put(folders['INBOX'] ?? 0, {
      from: 'Mail Delivery System <daemon@mx.test>',
      to: ['support@acme.test'],
      id: 'dsn-2@mx',
      auto: 'bounce',
    })
    const [row] = await store.list('pending')
    expect(row).toMatchObject({ people: ['Imre'], messageCount: 2 })
    const whole = await store.call('conversations.get', { id: row?.id ?? 0 })
    expect((await store.call('customers.get', { id: whole.customerId ?? 0 })).name).toBe('Imre')
    // one that answers nothing has its sender's name
    expect((await store.list()).map(({ people }) => people)).toEqual([['Mail Delivery System']])
  })

  test('a page fetched twice does not double a message', async () => {
    const { folders } = await store.mailbox()
    const message = parsed({ from: 'h@x.test' })
    await store.put(folders['INBOX'] ?? 0, message, { uid: 7 })
    await store.put(folders['INBOX'] ?? 0, message, { uid: 7 })
    const [row] = await store.list()
    expect(row?.messageCount).toBe(1)
    expect(await store.list()).toHaveLength(1)
  })

  test('a mail to two mailboxes is one message in both lists', async () => {
    const one = await store.mailbox('support@acme.test')
    const two = await store.mailbox('sales@acme.test')
    const sent = {
      from: 'h@x.test',
      to: ['support@acme.test', 'sales@acme.test'],
      id: 'a@x',
      date: start,
      text: 'Both of you',
    }
    await store.put(one.folders['INBOX'] ?? 0, parsed({ ...sent, raw: 'Received: one' }))
    await store.put(two.folders['INBOX'] ?? 0, parsed({ ...sent, raw: 'Received: two' }))
    const [row] = await store.list()
    expect(row).toMatchObject({ messageCount: 1, mailboxIds: [one.id, two.id] })
    expect(await store.list('inbox', one.id)).toHaveLength(1)
    expect(await store.list('inbox', two.id)).toHaveLength(1)
    expect((await store.call('counts.get', {})).mailboxes).toEqual([
      { id: one.id, open: 1, unread: 1 },
      { id: two.id, open: 1, unread: 1 },
    ])
  })

  test('another mail under a known Message-ID is not dropped', async () => {
    const { folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', id: 'a@x', text: 'first' })
    await store.put(folders['INBOX'] ?? 0, { from: 'evil@x.test', id: 'a@x', text: 'second' })
    const [row] = await store.list()
    expect(row?.messageCount).toBe(2)
  })

  test('equal subjects alone do not join two customers', async () => {
    const { folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, { from: 'a@x.test', subject: 'Re: Invoice' })
    await store.put(folders['INBOX'] ?? 0, { from: 'b@x.test', subject: 'Re: Invoice' })
    expect(await store.list()).toHaveLength(2)
  })

  test("a customer's reply re-opens, a machine's answer does not", async () => {
    const { folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', id: 'a@x' })
    const id = (await store.list())[0]?.id ?? 0
    await store.call('conversations.setStatus', { ids: [id], status: 'closed' })
    await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', inReplyTo: ['a@x'], auto: 'auto-reply' }, { live: true })
    expect((await store.call('conversations.get', { id })).status).toBe('closed')
    await store.put(folders['INBOX'] ?? 0, { from: 'Hannah <h@x.test>', inReplyTo: ['a@x'] }, { live: true })
    const conversation = await store.call('conversations.get', { id })
    expect(conversation.status).toBe('open')
    expect(conversation.history.at(-1)).toMatchObject({ kind: 'reopened', by: 'Hannah' })
  })

  test('an ancestor that comes late joins what it started; the older conversation stays', async () => {
    const { folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, { from: 'a@x.test', id: 'c1@x', inReplyTo: ['root@x'] })
    await store.put(folders['INBOX'] ?? 0, { from: 'b@x.test', id: 'c2@x', inReplyTo: ['other@x'] })
    const before = (await store.list()).map(({ id }) => id).toSorted((a, b) => a - b)
    expect(before).toHaveLength(2)
    await store.put(
      folders['INBOX'] ?? 0,
      { from: 'a@x.test', id: 'root@x', cc: ['b@x.test'], references: ['other@x'], date: start - day },
      { live: true },
    )
    const rows = await store.list()
    expect(rows.map(({ id, messageCount }) => [id, messageCount])).toEqual([[before[0], 3]])
    // Whoever still holds the old id is led on.
    expect((await store.call('conversations.get', { id: before[1] ?? 0 })).id).toBe(before[0])
    expect((await store.call('conversations.get', { id: before[0] ?? 0 })).history.at(-1)?.kind).toBe('merged')
  })

  test('a message that the server lost is kept, and its conversation leaves the lists', async () => {
    const { folders } = await store.mailbox()
    const uid = await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', id: 'a@x' })
    const id = (await store.list())[0]?.id ?? 0
    await store.mail.call('folder.vanished', { folderId: folders['INBOX'] ?? 0, uidValidity: '1', uids: [uid] })
    expect(await store.list()).toEqual([])
    expect((await store.call('counts.get', {})).views.inbox).toBe(0)
    expect((await store.call('conversations.get', { id })).messages).toHaveLength(1)
  })

  test('counts equal a count over the table after many acts', async () => {
    const { folders } = await store.mailbox()
    for (let n = 0; n < 30; n++)
      await store.put(folders[n % 3 === 0 ? 'Archive' : 'INBOX'] ?? 0, { from: `c${n}@x.test` }, { seen: n % 2 === 0 })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.setStatus', { ids: ids.slice(0, 5), status: 'spam' })
    await store.call('conversations.setStatus', { ids: ids.slice(5, 9), status: 'pending' })
    await store.call('conversations.trash', { ids: ids.slice(9, 11) })
    await store.call('conversations.setRead', { ids: ids.slice(8), read: true })
    await store.call('acts.undo', { undo })
    const counted = store.db.read.all(
      'SELECT status, count(*) AS total, sum(unread) AS unread FROM conversations WHERE hidden = 0 GROUP BY status ORDER BY status',
    )
    const kept = store.db.read.all(
      'SELECT status, total, unread FROM view_counts WHERE mailbox_id = 0 AND total > 0 ORDER BY status',
    )
    expect(kept).toEqual(counted)
    const one = store.db.read.all(
      'SELECT status, count(*) AS total, sum(unread) AS unread FROM conversation_mailboxes WHERE hidden = 0 GROUP BY status ORDER BY status',
    )
    expect(
      store.db.read.all(
        'SELECT status, total, unread FROM view_counts WHERE mailbox_id = 1 AND total > 0 ORDER BY status',
      ),
    ).toEqual(one)
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  plainSignature,
  senderName,
  signatureFor,
  writtenTo,
  MailboxIdentity,
} from '../../../src-preload/contract/identity'
import type { PosternError } from '../../../src-preload/contract/errors'
import { Harness, parsed, settings } from '../helpers'
import { turnOwnMail } from '../../../src-main/store/mail/own-mail'

let store: Harness
let help: number
let sales: number
let inbox: number
let salesInbox: number

beforeEach(async () => {
  store = await Harness.make()
  const [first, second] = [await store.mailbox('help@acme.test'), await store.mailbox('sales@acme.test')]
  help = first.id
  sales = second.id
  inbox = first.folders['INBOX'] ?? 0
  salesInbox = second.folders['INBOX'] ?? 0
  await store.call('settings.set', { agentName: 'Tom Bell', signature: plainSignature('Tom\nBikes & Co') })
})
afterEach(() => store.stop())

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: PosternError) => error.code,
  )
const alias = (address: string, name = '') => ({ address, name, signature: null })
const begun = async (kind: 'reply' | 'reply-all' = 'reply') => {
  const { rows } = await store.call('conversations.list', {
    view: 'inbox',
    mailboxId: null,
    order: 'newest',
    unreadOnly: false,
    offset: 0,
    limit: 10,
  })
  return store.call('drafts.start', { kind, conversationId: rows[0]?.id ?? 0, messageId: null })
}
const sentRow = (id: number) =>
  store.db.read.get<{
    sender: string
    signature: string | null
    through_id: number | null
    mailbox_id: number
    message_id: string
  }>('SELECT sender, signature, through_id, mailbox_id, message_id FROM outbox WHERE id = ?', id)
async function send(draft: Awaited<ReturnType<typeof begun>>) {
  const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })
  return sentRow(outboxId)
}

describe('the address that an answer leaves from', () => {
  test('is the alias that was written to, and none of ours gets the answer', async () => {
    await store.call('mailboxes.setIdentity', {
      id: help,
      aliases: [alias('returns@acme.test', 'Acme Returns'), alias('fix@acme.test')],
    })
    await store.put(inbox, {
      from: 'Anna <anna@x.test>',
      to: ['Returns@Acme.test', 'fix@acme.test'],
      cc: ['boss@x.test', 'sales@acme.test'],
    })
    const draft = await begun('reply-all')
    expect(draft).toMatchObject({
      mailboxId: help,
      from: 'returns@acme.test',
      signed: true,
      to: [{ address: 'anna@x.test' }],
      cc: [{ address: 'boss@x.test' }],
    })
    const row = await send(draft)
    expect(JSON.parse(row?.sender ?? '')).toEqual({ name: 'Acme Returns', address: 'returns@acme.test' })
    expect(row?.message_id).toMatch(/@acme\.test$/)
  })

  test('is not lost when the alias stands only in what the servers say they delivered to', async () => {
    await store.call('mailboxes.setIdentity', { id: help, aliases: [alias('hidden@acme.test')] })
    await store.put(inbox, {
      ...parsed({ from: 'anna@x.test', to: ['undisclosed@x.test'] }),
      deliveredTo: ['hidden@acme.test'],
    })
    expect(await begun()).toMatchObject({ mailboxId: help, from: 'hidden@acme.test' })
  })

  test("takes an address with a tag for the mailbox, and the order of To before a mailbox's age", async () => {
    await store.put(inbox, { from: 'anna@x.test', to: ['Sales <sales+spring@acme.test>', 'help@acme.test'] })
    expect(await begun()).toMatchObject({ mailboxId: sales, from: 'sales@acme.test' })
  })

  test('is the mailbox where it lies when no address of ours is named', async () => {
    await store.put(salesInbox, { from: 'list@x.test', to: ['everybody@x.test'] })
    expect(await begun()).toMatchObject({ mailboxId: sales, from: 'sales@acme.test' })
  })

  test('is never one that the mailbox has no more: the send is refused and the draft stays', async () => {
    const { undo } = await store.call('mailboxes.setIdentity', { id: help, aliases: [alias('returns@acme.test')] })
    await store.put(inbox, { from: 'anna@x.test', to: ['returns@acme.test'] })
    const draft = await begun()
    await store.call('drafts.save', { ...draft, text: 'Yes', html: '<p>Yes</p>' })
    await store.call('acts.undo', { undo })
    expect(await codeOf(send(draft))).toBe('sender-refused')
    expect(await store.call('drafts.get', { id: draft.id })).toMatchObject({ text: 'Yes' })
  })

  test("mail from an alias is ours, not a customer's", async () => {
    await store.call('mailboxes.setIdentity', { id: help, aliases: [alias('returns@acme.test')] })
    await store.put(inbox, { from: 'Returns <returns@acme.test>', to: ['anna@x.test'] })
    expect(store.db.read.all('SELECT direction FROM messages')).toEqual([{ direction: 1 }])
    expect(store.db.read.all('SELECT address_key FROM customer_addresses')).toEqual([{ address_key: 'anna@x.test' }])
  })

  test("older mail from an alias does not stay a customer's, and is one again when the alias is taken back", async () => {
    await store.put(inbox, { id: 'q@x.test', from: 'Anna <anna@x.test>', to: ['help@acme.test'] })
    await store.put(inbox, {
      id: 'a@acme.test',
      from: 'Returns <Returns@acme.test>',
      to: ['anna@x.test'],
      references: ['q@x.test'],
    })
    await store.put(inbox, { id: 'n@acme.test', from: 'Returns <returns@acme.test>', to: ['ben@x.test'] })
    const directions = (): string =>
      store.db.read
        .all<{ direction: number }>('SELECT direction FROM messages ORDER BY id')
        .map(({ direction }) => direction)
        .join('')
    const rows = () =>
      store.db.read.all(
        'SELECT unread, last_from_team, people FROM conversations WHERE merged_into IS NULL ORDER BY id',
      )
    expect(directions()).toBe('000')
    const before = rows()
    const { undo } = await store.call('mailboxes.setIdentity', { id: help, aliases: [alias('returns@acme.test')] })
    await turnOwnMail(store.service.open.workspace, () => false)
    expect(directions()).toBe('011')
    expect(rows()).toEqual([
      { unread: 1, last_from_team: 'Returns', people: '["Anna"]' },
      { unread: 0, last_from_team: 'Returns', people: expect.stringContaining('ben') },
    ])
    expect(store.db.read.all('SELECT address_key FROM customer_addresses ORDER BY 1')).toEqual([
      { address_key: 'anna@x.test' },
      { address_key: 'ben@x.test' },
    ])
    // Nothing is left to do, and it is not done twice.
    expect(store.db.read.get("SELECT 1 FROM meta WHERE key = 'own_mail'")).toBeUndefined()
    await store.call('acts.undo', { undo })
    await turnOwnMail(store.service.open.workspace, () => false)
    expect(directions()).toBe('000')
    expect(rows()).toEqual(before)
  })

  test('a crash does not leave mail that became ours in the search index as it was', async () => {
    await store.put(inbox, { from: 'Returns <returns@acme.test>', to: ['anna@x.test'] })
    const { id } = store.db.read.get<{ id: number }>('SELECT id FROM messages') ?? { id: 0 }
    await store.call('mailboxes.setIdentity', { id: help, aliases: [alias('returns@acme.test')] })
    // The index takes its notes away again as soon as it is at it.
    store.db.write((tx) => {
      tx.run('DELETE FROM index_queue')
      tx.run('CREATE TABLE queued(id INTEGER)')
      tx.run(
        'CREATE TRIGGER keep_queued AFTER INSERT ON index_queue BEGIN INSERT INTO queued VALUES(new.message_id); END',
      )
    })
    await turnOwnMail(store.service.open.workspace, () => false)
    expect(store.db.read.all('SELECT id FROM queued')).toEqual([{ id }])
  })
})

describe('names and signatures', () => {
  const mailbox = (change: object) => ({
    name: 'Help',
    address: 'help@acme.test',
    identity: MailboxIdentity.parse(change),
  })
  test.each([
    [{}, 'Tom Bell', 'Tom Bell'],
    [{}, '', 'Help'],
    [{ agentName: 'Tommy' }, 'Tom Bell', 'Tommy'],
    [{ shows: 'both', displayName: 'Acme Help' }, 'Tom Bell', 'Tom Bell, Acme Help'],
    [{ shows: 'both' }, '', 'Help'],
    [{ shows: 'mailbox', agentName: 'Tommy' }, 'Tom Bell', 'Help'],
  ])('From is %o with agent "%s": %s', (identity, agent, name) => {
    expect(senderName(mailbox(identity), 'help@acme.test', agent)).toBe(name)
  })

  test('the nearest signature wins: address, mailbox, agent', () => {
    const [own, ofMailbox, ofAlias] = ['Own', 'Mailbox', 'Alias'].map((text) => plainSignature(text))
    const made = mailbox({
      signature: ofMailbox,
      aliases: [{ address: 'b@acme.test', signature: ofAlias }, alias('c@acme.test')],
    })
    expect(
      ['help@acme.test', 'B@acme.test', 'c@acme.test'].map(
        (address) => signatureFor(made, address, own ?? plainSignature('')).text,
      ),
    ).toEqual(['Mailbox', 'Alias', 'Mailbox'])
    expect(plainSignature('A <b>\r\n\r\nC').html).toBe('<div>A &lt;b&gt;</div><div><br></div><div>C</div>')
  })

  test('an ordinary word is not taken for an address of ours', () => {
    expect(writtenTo([mailbox({})], ['help', 'help@acme.test.evil.test', 'xhelp@acme.test', '+@acme.test'])).toBeNull()
  })

  test('what was typed is not touched by another From, and Send freezes the signature of the address that was chosen', async () => {
    await store.call('mailboxes.setPersonal', {
      id: sales,
      signature: plainSignature('Sales team'),
      agentName: 'Tom of Sales',
    })
    await store.put(inbox, { from: 'anna@x.test', to: ['help@acme.test'] })
    const draft = await begun()
    expect(draft).toMatchObject({ text: '', html: '' })
    await store.call('drafts.save', {
      ...draft,
      text: 'Yes.',
      html: '<div>Yes.</div>',
      mailboxId: sales,
      from: 'sales@acme.test',
    })
    const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open', sendAt: 1 })
    await store.call('mailboxes.setPersonal', { id: sales, signature: plainSignature('Changed later') })
    expect((await store.call('outbox.list', {})).items[0]).toMatchObject({
      text: 'Yes.\n\nSales team',
      from: { name: 'Tom of Sales', address: 'sales@acme.test' },
    })
    const { job } = await store.claim(sales)
    expect(job).toMatchObject({ text: 'Yes.', signature: { text: 'Sales team' }, from: { name: 'Tom of Sales' } })
    expect(outboxId).toBe(job?.id)
  })

  test('a signature that was left out stays out', async () => {
    await store.put(inbox, { from: 'anna@x.test', to: ['help@acme.test'] })
    const draft = await begun()
    await store.call('drafts.save', { ...draft, text: 'Yes.', signed: false })
    expect((await send(draft))?.signature).toBeNull()
  })
})

describe('identities of mailboxes', () => {
  test('one address never belongs to two mailboxes', async () => {
    expect(await codeOf(store.call('mailboxes.setIdentity', { id: help, aliases: [alias('SALES@acme.test')] }))).toBe(
      'conflict',
    )
    await store.call('mailboxes.setIdentity', {
      id: help,
      aliases: [alias('returns@acme.test'), alias('Returns@acme.test'), alias('help@acme.test')],
    })
    expect(
      (await store.call('mailboxes.list', {})).mailboxes[0]?.identity.aliases.map(({ address }) => address),
    ).toEqual(['returns@acme.test'])
    expect(await codeOf(store.app.call('mailbox.create', { settings: settings('returns@acme.test', 'Returns') }))).toBe(
      'conflict',
    )
    expect(
      await codeOf(store.call('mailboxes.setIdentity', { id: sales, aliases: [alias('returns@acme.test')] })),
    ).toBe('conflict')
  })

  test('what was not named in a change stays as it was, and Undo brings all of it back', async () => {
    await store.call('mailboxes.setIdentity', {
      id: help,
      displayName: 'Acme Help',
      aliases: [alias('returns@acme.test')],
    })
    const { undo } = await store.call('mailboxes.setIdentity', { id: help, shows: 'both', aliases: [] })
    await store.call('mailboxes.setPersonal', { id: help, agentName: 'Tommy' })
    expect((await store.call('mailboxes.list', {})).mailboxes[0]?.identity).toMatchObject({
      displayName: 'Acme Help',
      shows: 'both',
      agentName: 'Tommy',
      aliases: [],
    })
    await store.call('acts.undo', { undo })
    expect((await store.call('mailboxes.list', {})).mailboxes[0]?.identity).toMatchObject({
      displayName: 'Acme Help',
      shows: 'agent',
      aliases: [{ address: 'returns@acme.test' }],
    })
  })

  test("another account's limits hold for what goes through it, and its removal gives the mailbox its own again", async () => {
    await store.call('mailboxes.setIdentity', { id: help, sendThrough: sales })
    expect(await codeOf(store.call('mailboxes.setIdentity', { id: help, sendThrough: 99 }))).toBe('conflict')
    store.limit(sales, { perMinute: 1 })
    for (const to of ['a@x.test', 'b@x.test']) {
      const draft = await store.call('drafts.start', {
        kind: 'new',
        conversationId: null,
        messageId: null,
        mailboxId: help,
      })
      await store.call('drafts.save', { ...draft, to: [{ name: '', address: to }], text: 'x' })
      await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open', sendAt: Date.now() - 1 })
    }
    const { job } = await store.claim(help)
    expect(job).toMatchObject({ throughId: sales, from: { address: 'help@acme.test' } })
    await store.mail.call('outbox.settle', {
      id: job?.id ?? 0,
      state: 'sent',
      error: null,
      serverLine: null,
      refused: [],
    })
    expect(store.db.read.all('SELECT mailbox_id FROM send_log')).toEqual([{ mailbox_id: sales }])
    expect((await store.claim(help)).job).toBeNull()
    await store.app.call('mailbox.remove', { id: sales })
    expect((await store.call('outbox.list', {})).items).toMatchObject([{ state: 'queued' }])
    await store.call('outbox.retry', { id: (await store.call('outbox.list', {})).items[0]?.id ?? 0 })
    expect((await store.claim(help)).job).toMatchObject({ throughId: null })
  })
})

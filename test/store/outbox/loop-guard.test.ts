import { afterEach, beforeEach, expect, test } from 'vitest'
import { Harness, parsed } from '../helpers'

let store: Harness
let mailboxId: number
let folders: Record<string, number>

beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox('help@acme.test')
  mailboxId = made.id
  folders = made.folders
  await store.call('settings.set', { undoSeconds: 0 })
  await store.put(folders['INBOX'] ?? 0, {
    from: 'anna@x.test',
    to: ['help@acme.test'],
    id: 'first@x.test',
    subject: 'Bell',
  })
})
afterEach(() => store.stop())

const conversation = async () => {
  const row = store.db.read.get<{ id: number }>(
    "SELECT conversation_id AS id FROM messages WHERE message_id = 'first@x.test'",
  )
  return store.call('conversations.get', { id: row?.id ?? 0 })
}
const reply = async (to = 'anna@x.test', change: object = {}) => {
  const draft = await store.call('drafts.start', {
    kind: 'reply',
    conversationId: (await conversation()).id,
    messageId: null,
  })
  await store.call('drafts.save', { ...draft, to: [{ name: '', address: to }], text: 'Yes.' })
  return store.call('outbox.send', { draftId: draft.id, thenStatus: 'open', ...change })
}
/** Lets it leave; what left is composed as mail would. */
const leave = async (outboxId: number) => {
  const { job } = await store.claim(mailboxId)
  expect(job?.id).toBe(outboxId)
  if (!job) throw new Error('nothing was claimed')
  const message = parsed({
    from: 'help@acme.test',
    to: job.to.map(({ address }) => address),
    id: job.messageId,
    posternId: job.posternId,
    subject: 'Re: Bell',
    inReplyTo: ['first@x.test'],
    text: 'Yes.',
    date: Date.now(),
  })
  await store.mail.call('outbox.composed', { id: job.id, raw: Buffer.from('raw'), message })
  await store.mail.call('outbox.settle', { id: job.id, state: 'sent', error: null, serverLine: null, refused: [] })
  return message
}
const item = async () => (await store.call('outbox.list', {})).items[0]

test("the eleventh message within an hour to one address does not leave without a person's word", async () => {
  for (let n = 0; n < 10; n++) await leave((await reply()).outboxId)
  const { outboxId, state } = await reply('ANNA@x.test')
  expect(state).toBe('held')
  expect(await item()).toMatchObject({ state: 'held', error: 'looping', text: 'Yes.' })
  expect((await store.claim(mailboxId)).job).toBeNull()
  await store.call('outbox.sendAnyway', { id: outboxId })
  await leave(outboxId)
  // Somebody else in the same conversation is not stopped, and neither is what left long ago counted.
  await leave((await reply('bob@x.test')).outboxId)
  store.db.write((tx) => tx.run('UPDATE messages SET date = date - 3600001 WHERE direction = 1'))
  await leave((await reply()).outboxId)
})

test('what was queued before the others left is stopped when it is due, and its conversation is work again', async () => {
  const later = await reply('anna@x.test', { sendAt: Date.now() + 3_600_000, thenStatus: 'closed' })
  for (let n = 0; n < 10; n++) {
    store.db.write((tx) =>
      tx.run(
        'INSERT INTO messages(id, conversation_id, key_hash, content_hash, refs, direction, place, seen, date, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind, attachment_count, remote_count, raw_size) SELECT id + ?, conversation_id, key_hash + ?, content_hash, refs, 1, 2, 1, ?, \'\', \'help@acme.test\', 0, \'{"replyTo":[],"to":[{"name":"","address":"anna@x.test"}],"cc":[],"bcc":[]}\', subject, \'\', \'none\', 0, 0, 1 FROM messages WHERE message_id = \'first@x.test\'',
        n + 1,
        n + 1,
        Date.now(),
      ),
    )
  }
  store.db.write((tx) => tx.run('UPDATE outbox SET due_at = 1, unless_answered = 0 WHERE id = ?', later.outboxId))
  expect((await store.claim(mailboxId)).job).toBeNull()
  expect(await item()).toMatchObject({ state: 'held', error: 'looping' })
  expect((await conversation()).status).toBe('open')
})

test("our own message that a list sends back is no customer's answer: nothing re-opens, no reply is held for it, and the next one asks", async () => {
  const { outboxId } = await reply('list@x.test', { thenStatus: 'closed' })
  const sent = await leave(outboxId)
  const draft = await store.call('drafts.start', {
    kind: 'reply',
    conversationId: (await conversation()).id,
    messageId: null,
  })
  await store.put(
    folders['INBOX'] ?? 0,
    {
      ...parsed({
        from: 'list@x.test',
        to: ['all@x.test'],
        id: 'echo@x.test',
        inReplyTo: ['first@x.test'],
        subject: 'Re: Bell',
        text: 'Yes.',
      }),
      posternId: sent.posternId,
      date: Date.now(),
    },
    { live: true },
  )
  const now = await conversation()
  expect(now.status).toBe('closed')
  expect(now.messages.at(-1)).toMatchObject({ returned: true, autoKind: 'auto-reply' })
  expect(now.draft?.since).toEqual([])
  await store.call('drafts.save', { ...draft, to: [{ name: '', address: 'list@x.test' }], text: 'Once more.' })
  expect((await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })).state).toBe('held')
  expect(await item()).toMatchObject({ error: 'came-back' })
  await store.call('outbox.sendAnyway', { id: (await item())?.id ?? 0 })
  expect((await store.claim(mailboxId)).job).not.toBeNull()
})

test("a header of another team's program is not taken for our own message", async () => {
  await store.put(
    folders['INBOX'] ?? 0,
    { from: 'desk@other.test', id: 'theirs@x.test', inReplyTo: ['first@x.test'], posternId: 'p-of-theirs' },
    { live: true },
  )
  expect((await conversation()).messages.at(-1)).toMatchObject({ returned: false, autoKind: 'none' })
})

test('our message delivered to us under its own name marks it, a copy that was only filed does not', async () => {
  const sent = await leave((await reply()).outboxId)
  await store.put(folders['INBOX'] ?? 0, sent)
  expect((await conversation()).messages.some(({ returned }) => returned)).toBe(false)
  await store.put(folders['INBOX'] ?? 0, { ...sent, deliveredTo: ['Help@acme.test'] }, { live: true })
  expect((await conversation()).messages.filter(({ returned }) => returned)).toMatchObject([{ direction: 'out' }])
})

test('an absence note is not what an answer goes to', async () => {
  await store.put(
    folders['INBOX'] ?? 0,
    {
      from: 'Robot <robot@x.test>',
      id: 'away@x.test',
      inReplyTo: ['first@x.test'],
      auto: 'auto-reply',
      date: Date.now(),
    },
    { live: true },
  )
  expect(
    (await store.call('drafts.start', { kind: 'reply', conversationId: (await conversation()).id, messageId: null }))
      .to,
  ).toEqual([{ name: '', address: 'anna@x.test' }])
})

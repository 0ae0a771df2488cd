import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeOf, Harness } from '../helpers'

let store: Harness
let support: Awaited<ReturnType<Harness['mailbox']>>
let warranty: Awaited<ReturnType<Harness['mailbox']>>
beforeEach(async () => {
  store = await Harness.make()
  support = await store.mailbox()
  warranty = await store.mailbox('warranty@acme.test')
})
afterEach(() => store.stop())

const raw = 'From: c@x.test\r\nMessage-ID: <one@x.test>\r\n\r\nThe bell does not ring.'
const inList = async (mailboxId: number): Promise<number[]> =>
  (await store.list('inbox', mailboxId)).map(({ id }) => id)
const next = async (mailboxId: number) => (await store.mail.call('moves.next', { mailboxId })).move
const ops = async (mailboxId: number) =>
  (await store.mail.call('ops.next', { mailboxId, limit: 10 })).ops.map(({ kind, targetRole }) => [kind, targetRole])
async function one(): Promise<number> {
  await store.put(support.folders['INBOX'] ?? 0, { from: 'c@x.test', id: 'one@x.test', raw, date: 1_790_000_000_000 })
  return (await store.list())[0]?.id ?? 0
}

test('a moved conversation is never nowhere: its mail leaves the old mailbox only once it was met in the new one', async () => {
  const id = await one()
  await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  expect([await inList(support.id), await inList(warranty.id)]).toEqual([[], [id]])
  const move = await next(warranty.id)
  expect(Buffer.from(move?.raw ?? []).toString()).toBe(raw)
  await store.mail.call('moves.settle', { id: move?.id ?? 0, mailboxId: warranty.id, done: false })
  expect(await next(warranty.id)).not.toBeNull()
  await store.mail.call('moves.settle', { id: move?.id ?? 0, mailboxId: warranty.id, done: true })
  expect(await next(warranty.id)).toBeNull()
  expect(await ops(support.id)).toEqual([])
  await store.put(warranty.folders['INBOX'] ?? 0, { from: 'c@x.test', id: 'one@x.test', raw, date: 1_790_000_000_000 })
  expect(await ops(support.id)).toEqual([['move', 'trash']])
  expect([await inList(support.id), await inList(warranty.id)]).toEqual([[], [id]])
  const conversation = await store.call('conversations.get', { id })
  expect(conversation.messages).toHaveLength(1)
  expect(conversation.history.map(({ kind, detail }) => [kind, detail])).toEqual([['moved', 'warranty']])
  // An answer leaves from where it was moved to.
  expect((await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })).mailboxId).toBe(
    warranty.id,
  )
})

test('what was on its way to one mailbox when somebody chose another is not taken to lie in that one', async () => {
  const returns = await store.mailbox('returns@acme.test')
  const id = await one()
  await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  const move = await next(warranty.id)
  await store.call('conversations.move', { ids: [id], mailboxId: returns.id })
  await store.mail.call('moves.settle', { id: move?.id ?? 0, mailboxId: warranty.id, done: true })
  expect(await next(returns.id)).toMatchObject({ id: move?.id })
})

test('a message that the other server never takes is told in its conversation, until it does or is moved back', async () => {
  const id = await one()
  const lines = async () =>
    (await store.call('conversations.get', { id })).history.map(({ kind, detail }) => [kind, detail])
  const { undo } = await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  const moved = { id: (await next(warranty.id))?.id ?? 0, mailboxId: warranty.id }
  await store.mail.call('moves.settle', { ...moved, done: false })
  expect(await lines()).toEqual([['moved', 'warranty']])
  for (let day = 0; day < 2; day++) await store.mail.call('moves.settle', { ...moved, done: false, rests: true })
  expect(await lines()).toEqual([
    ['moved', 'warranty'],
    ['put-refused', 'warranty'],
  ])
  expect((await store.mail.call('moves.next', { mailboxId: warranty.id, except: [moved.id] })).move).toBeNull()
  await store.mail.call('moves.settle', { ...moved, done: true })
  expect(await lines()).toEqual([['moved', 'warranty']])
  await store.mail.call('moves.settle', { ...moved, done: false, rests: true })
  await store.call('acts.undo', { undo })
  expect(await lines()).toEqual([['moved', 'warranty']])
})

test('undo before anything left moves nothing, after it everything comes back', async () => {
  const id = await one()
  const first = await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  await store.call('acts.undo', { undo: first.undo })
  expect(await next(warranty.id)).toBeNull()
  expect([await inList(support.id), await inList(warranty.id)]).toEqual([[id], []])
  expect((await store.call('conversations.get', { id })).history).toMatchObject([{ kind: 'moved', takenBack: true }])
  const second = await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  const move = await next(warranty.id)
  await store.mail.call('moves.settle', { id: move?.id ?? 0, mailboxId: warranty.id, done: true })
  await store.put(warranty.folders['INBOX'] ?? 0, { from: 'c@x.test', id: 'one@x.test', raw, date: 1_790_000_000_000 })
  await store.call('acts.undo', { undo: second.undo })
  expect([await inList(support.id), await inList(warranty.id)]).toEqual([[id], []])
  expect(await ops(warranty.id)).toEqual([['move', 'trash']])
  expect(await ops(support.id)).toEqual([])
})

test('a move of what has become part of another conversation since is not said to be undone while its mail goes on its way', async () => {
  const id = await one()
  await store.put(support.folders['INBOX'] ?? 0, { from: 'd@x.test', id: 'two@x.test', subject: 'Other' })
  const other = (await store.list()).find(({ subject }) => subject === 'Other')?.id ?? 0
  const { undo } = await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  await store.call('threads.merge', { into: other, ids: [id, other] })
  const { left } = await store.call('acts.undo', { undo })
  expect([left, (await next(warranty.id)) !== null]).toEqual([1, true])
  expect(store.db.read.all('SELECT 1 FROM conversation_mailboxes WHERE conversation_id = ?', id)).toEqual([])
})

test('a conversation is not moved to a mailbox that is not there, nor half when a message is not here whole', async () => {
  const id = await one()
  expect(await codeOf(store.call('conversations.move', { ids: [id], mailboxId: 99 }))).toBe('not-found')
  store.db.write((tx) => tx.run('UPDATE messages SET part = 2'))
  expect(await codeOf(store.call('conversations.move', { ids: [id], mailboxId: warranty.id }))).toBe('conflict')
  expect([await inList(support.id), await inList(warranty.id)]).toEqual([[id], []])
})

test('of a message that is not here whole any more no part is put into the other mailbox', async () => {
  const id = await one()
  await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  store.db.write((tx) => tx.run('UPDATE messages SET part = 2'))
  expect(await next(warranty.id)).toBeNull()
})

test('a mailbox removed before what was moved out of it was put elsewhere takes none of that along', async () => {
  const id = await one()
  await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  await store.app.call('mailbox.remove', { id: support.id })
  await expect.poll(() => store.db.read.get('SELECT 1 FROM mailboxes WHERE id = ?', support.id)).toBe(undefined)
  expect(await inList(warranty.id)).toEqual([id])
  expect((await store.call('conversations.get', { id })).messages).toHaveLength(1)
  expect(Buffer.from((await next(warranty.id))?.raw ?? []).toString()).toBe(raw)
})

test('a moved conversation says no more than what is left of it once its old mailbox is removed', async () => {
  const id = await one()
  await store.put(support.folders['Sent'] ?? 0, {
    from: 'support@acme.test',
    to: ['c@x.test'],
    inReplyTo: ['one@x.test'],
    text: 'It rings.',
    date: 1_790_000_060_000,
  })
  await store.call('conversations.move', { ids: [id], mailboxId: warranty.id })
  await store.mail.call('moves.settle', {
    id: (await next(warranty.id))?.id ?? 0,
    mailboxId: warranty.id,
    done: true,
  })
  await store.put(warranty.folders['INBOX'] ?? 0, { from: 'c@x.test', id: 'one@x.test', raw, date: 1_790_000_000_000 })
  await store.app.call('mailbox.remove', { id: support.id })
  await expect.poll(() => store.db.read.get('SELECT 1 FROM mailboxes WHERE id = ?', support.id)).toBe(undefined)
  const { messages } = await store.call('conversations.get', { id })
  expect(messages).toHaveLength(1)
  expect(await store.list('inbox', warranty.id)).toMatchObject([{ id, messageCount: 1, lastFromTeam: null }])
})

test('a mailbox is removed with fields, followers and half notes of its conversations; one that was moved to it and whose mail is elsewhere stays', async () => {
  const stays = await one()
  await store.call('conversations.move', { ids: [stays], mailboxId: warranty.id })
  await store.put(warranty.folders['INBOX'] ?? 0, { from: 'd@x.test', id: 'two@x.test', subject: 'Goes' })
  const goes = (await store.list('inbox', warranty.id)).find(({ subject }) => subject === 'Goes')?.id ?? 0
  const { name } = await store.call('fields.save', { name: null, label: 'Order', kind: 'text' })
  await store.call('conversations.setField', { ids: [goes], field: name, value: 'NW-1' })
  await store.call('conversations.follow', { ids: [goes], on: true })
  await store.call('notes.keepDraft', { conversationId: goes, text: 'half' })
  await store.app.call('mailbox.remove', { id: warranty.id })
  await expect
    .poll(() => store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM conversations WHERE id = ?', goes)?.n, {
      timeout: 10_000,
    })
    .toBe(0)
  expect(await inList(support.id)).toEqual([stays])
  expect((await store.call('conversations.get', { id: stays })).messages).toHaveLength(1)
})

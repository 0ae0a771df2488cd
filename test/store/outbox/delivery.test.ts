import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeliveryReport } from '../../../src-preload/contract/internal'
import { packPage } from '../../../src-main/shared/page-bytes'
import { Harness, parsed } from '../helpers'

let store: Harness
let folders: Record<string, number>
beforeEach(async () => {
  store = await Harness.make()
  folders = (await store.mailbox()).folders
  await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', subject: 'Bell', id: 'a@x' })
})
afterEach(() => store.stop())

const failed: DeliveryReport = {
  messageIds: ['reply@acme.test'],
  posternId: null,
  recipients: [{ address: 'H@x.test', action: 'failed', line: '550 5.1.1 no such person' }],
}
const putReport = (report: DeliveryReport, id: string, live = true) =>
  store.put(
    folders['INBOX'] ?? 0,
    { ...parsed({ from: 'MAILER-DAEMON@mx.test', id, inReplyTo: report.messageIds, auto: 'bounce' }), report },
    { live },
  )
const putReply = () =>
  store.put(folders['Sent'] ?? 0, {
    from: 'support@acme.test',
    to: ['h@x.test'],
    id: 'reply@acme.test',
    inReplyTo: ['a@x'],
  })
const conversation = async () => {
  const id =
    (await store.list())[0]?.id ?? (await store.list('closed'))[0]?.id ?? (await store.list('pending'))[0]?.id ?? 0
  return store.call('conversations.get', { id })
}

test('a report marks the message that it is about and opens its conversation again', async () => {
  await putReply()
  const { id, messages } = await conversation()
  await store.call('conversations.setStatus', { ids: [id], status: 'closed' })
  await putReport(failed, 'dsn@mx.test')
  const after = await store.call('conversations.get', { id })
  expect(after.deliveries).toMatchObject([
    { messageId: messages.at(-1)?.id, recipient: 'h@x.test', action: 'failed', line: '550 5.1.1 no such person' },
  ])
  expect(after.status).toBe('open')
})

test('a report that was stored before its message finds it; one of long ago opens nothing', async () => {
  await putReport(failed, 'dsn@mx.test', false)
  await putReply()
  const id =
    (await store.list('pending'))[0]?.id ?? (await store.list('closed'))[0]?.id ?? (await store.list())[0]?.id ?? 0
  expect((await store.call('conversations.get', { id })).deliveries).toMatchObject([{ action: 'failed' }])
})

test('a report of which only the headers were here marks its message once it is read whole', async () => {
  await putReply()
  const { id } = await conversation()
  const message = parsed({
    from: 'MAILER-DAEMON@mx.test',
    id: 'dsn@mx.test',
    inReplyTo: failed.messageIds,
    auto: 'bounce',
    date: Date.now(),
  })
  await store.mail.call('ingest.page', {
    folderId: folders['INBOX'] ?? 0,
    uidValidity: '1',
    ...packPage([{ uid: 90, flags: [], internalDate: Date.now(), message, part: 'headers' as const, size: 4000 }]),
    cursor: {},
    backfill: false,
  })
  expect(await row(id)).toMatchObject({ undelivered: false })
  store.whole = () => ({ message: { ...message, report: failed } })
  await store.call('messages.fetch', { id: (await conversation()).messages.at(-1)?.id ?? 0 })
  expect((await conversation()).deliveries).toMatchObject([{ action: 'failed' }])
  expect(await row(id)).toMatchObject({ undelivered: true })
})

test('the last word counts: delayed, then delivered, is no trouble any more', async () => {
  await putReply()
  for (const [n, action] of (['delayed', 'delivered'] as const).entries())
    await putReport({ ...failed, recipients: [{ address: 'h@x.test', action, line: '' }] }, `dsn-${n}@mx.test`)
  expect((await conversation()).deliveries).toMatchObject([{ action: 'delivered' }])
})

test("a report about somebody else's message marks nothing", async () => {
  await putReply()
  await putReport({ ...failed, messageIds: ['other@else.test', 'a@x'] }, 'dsn@mx.test')
  expect((await conversation()).deliveries).toEqual([])
})

test('a report that carries our own header finds its message, whatever the server made of its Message-ID', async () => {
  await store.call('settings.set', { undoSeconds: 0 })
  const { id } = await conversation()
  const draft = await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })
  const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'closed' })
  const { job } = await store.claim(1)
  const message = parsed({
    from: 'support@acme.test',
    to: ['h@x.test'],
    id: job?.messageId ?? '',
    posternId: job?.posternId ?? '',
    inReplyTo: ['a@x'],
  })
  await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from('raw'), message })
  await store.mail.call('outbox.settle', { id: outboxId, state: 'sent', error: null, serverLine: null, refused: [] })
  await putReport({ ...failed, messageIds: [job?.messageId ?? ''], posternId: job?.posternId ?? '' }, 'dsn@mx.test')
  const after = await store.call('conversations.get', { id })
  expect(after.status).toBe('open')
  expect(after.deliveries).toMatchObject([{ action: 'failed', recipient: 'h@x.test' }])
})

test('an answer after a report goes to the customer, never to the mail system', async () => {
  await putReply()
  await putReport(failed, 'dsn@mx.test')
  const { id } = await conversation()
  expect((await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })).to).toMatchObject([
    { address: 'h@x.test' },
  ])
})

/** A reply that leaves for these, of whom the server refuses some. */
async function answered(refused: string[] = [], to: string[] = ['h@x.test', 'gone@x.test']): Promise<number> {
  await store.call('settings.set', { undoSeconds: 0 })
  const { id } = await conversation()
  const draft = await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })
  await store.call('drafts.save', { ...draft, to: to.map((address) => ({ name: '', address })), text: 'Hi' })
  const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'closed' })
  const { job } = await store.claim(1)
  const message = parsed({
    from: 'support@acme.test',
    to,
    id: job?.messageId ?? '',
    posternId: job?.posternId ?? '',
    inReplyTo: ['a@x'],
    date: job?.date ?? 0,
  })
  await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from('raw'), message })
  await store.mail.call('outbox.settle', {
    id: outboxId,
    state: 'sent',
    error: null,
    serverLine: '550 no such person',
    refused,
  })
  return id
}
const row = async (id: number) =>
  [...(await store.list()), ...(await store.list('closed')), ...(await store.list('pending'))].find(
    (one) => one.id === id,
  )
const told = () => store.events.flatMap((event) => (event.topic === 'undelivered' ? event.ids : []))
/** Events come in the order of what they tell of. */
async function nothingTold(): Promise<void> {
  const heard = () => store.events.filter(({ topic }) => topic === 'settings').length
  const before = heard()
  await store.call('settings.set', { agentName: 'Ada' })
  await expect.poll(heard).toBeGreaterThan(before)
  expect(told()).toEqual([])
}

test('whom the server refused of several is seen in the list and told once, until the team writes again', async () => {
  const id = await answered(['gone@x.test'])
  expect(await row(id)).toMatchObject({ undelivered: true, status: 'open', outbox: null })
  await expect.poll(told).toEqual([id])
  await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', inReplyTo: ['a@x'], date: Date.now() }, { live: true })
  expect(await row(id)).toMatchObject({ undelivered: true })
  await store.restart()
  expect(await row(id)).toMatchObject({ undelivered: true })
  await answered([], ['h@x.test'])
  expect(await row(id)).toMatchObject({ undelivered: false })
  expect(told()).toEqual([id])
})

test.each(['before', 'behind'])(
  'an answer to a message that the server gave another Message-ID begins no conversation of its own, also one that comes %s the copy in Sent',
  async (when) => {
    await store.call('settings.set', { undoSeconds: 0 })
    const draft = await store.call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
    await store.call('drafts.save', { ...draft, to: [{ name: '', address: 'k@x.test' }], subject: 'Rims', text: 'Hi' })
    const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'closed' })
    const { job } = await store.claim(1)
    const written = {
      from: 'support@acme.test',
      to: ['k@x.test'],
      id: job?.messageId ?? '',
      posternId: job?.posternId ?? '',
      subject: 'Rims',
      date: job?.date ?? 0,
    }
    await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from('raw'), message: parsed(written) })
    await store.mail.call('outbox.settle', { id: outboxId, state: 'sent', error: null, serverLine: null, refused: [] })
    const copy = () => store.put(folders['Sent'] ?? 0, { ...written, id: 'rewritten@server.test' }, { live: true })
    const answer = () =>
      store.put(
        folders['INBOX'] ?? 0,
        { from: 'k@x.test', id: 'answer@x', inReplyTo: ['rewritten@server.test'], date: Date.now() },
        { live: true },
      )
    for (const arrive of when === 'before' ? [answer, copy] : [copy, answer]) await arrive()
    const places = store.db.read.all(
      "SELECT DISTINCT conversation_id FROM messages WHERE from_address = 'k@x.test' OR direction = 1",
    )
    expect(places).toHaveLength(1)
  },
)

test('what everybody got is not marked, and told to nobody', async () => {
  const id = await answered()
  expect(await row(id)).toMatchObject({ undelivered: false, status: 'closed' })
  await nothingTold()
})

test('a report marks the row of its message, also one that comes after a later answer; told is who sent it', async () => {
  await putReply()
  const { id } = await conversation()
  await putReport(failed, 'dsn@mx.test')
  expect(await row(id)).toMatchObject({ undelivered: true })
  await nothingTold()
  await answered()
  expect(await row(id)).toMatchObject({ undelivered: false })
  const sent = store.db.read.get<{ id: string }>('SELECT message_id AS id FROM outbox')?.id ?? ''
  await answered()
  const late = { ...failed, messageIds: [sent] }
  await store.put(
    folders['INBOX'] ?? 0,
    {
      ...parsed({ from: 'MAILER-DAEMON@mx.test', id: 'late@mx.test', auto: 'bounce', date: Date.now() + 1000 }),
      report: late,
    },
    { live: true },
  )
  expect(await row(id)).toMatchObject({ undelivered: true })
  await expect.poll(told).toEqual([id])
})

test('a recipient that arrives after all takes the mark from the row', async () => {
  await putReply()
  const { id } = await conversation()
  for (const [n, action] of (['failed', 'delivered'] as const).entries()) {
    await putReport({ ...failed, recipients: [{ address: 'h@x.test', action, line: '' }] }, `dsn-${n}@mx.test`)
    expect(await row(id)).toMatchObject({ undelivered: action === 'failed' })
  }
})

test('a person who gives up on the rest is not told of it', async () => {
  await store.call('settings.set', { undoSeconds: 0 })
  const { id } = await conversation()
  const draft = await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })
  const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'closed' })
  await store.claim(1)
  await store.mail.call('outbox.settle', {
    id: outboxId,
    state: 'sent',
    error: null,
    serverLine: null,
    refused: [],
    later: ['h@x.test'],
  })
  await store.call('outbox.giveUpRest', { id: outboxId })
  await nothingTold()
})

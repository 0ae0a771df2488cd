import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, Harness, parsed } from '../helpers'

let store: Harness
let folders: Record<string, number>
let mailboxId: number
let conversationId: number
const inbox = (): number => folders['INBOX'] ?? 0
const sent = (): number => folders['Sent'] ?? 0
beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  folders = made.folders
  mailboxId = made.id
  await store.call('settings.set', { undoSeconds: 0, agentName: 'Ada' })
  await store.put(inbox(), { from: 'Hannah <h@x.test>', subject: 'Bell', id: 'a@x', text: 'It does not ring.' })
  conversationId = (await store.list())[0]?.id ?? 0
})
afterEach(() => store.stop())

async function draft(text = 'We send a new one.'): Promise<number> {
  const made = await store.call('drafts.start', { kind: 'reply', conversationId, messageId: null })
  await store.call('drafts.save', { ...made, id: made.id, text, html: `<p>${text}</p>` })
  return made.id
}
const send = async (draftId: number) => store.call('outbox.send', { draftId, thenStatus: 'closed' })
const item = async () => (await store.call('outbox.list', {})).items[0]
/** A colleague's answer, as it is met in Sent. `date`: when its writer's clock said it was. */
const colleague = (date?: number) =>
  store.put(
    sent(),
    {
      from: 'Mei <support@acme.test>',
      to: ['h@x.test'],
      id: `mei-${date}@acme.test`,
      inReplyTo: ['a@x'],
      text: 'I have sent one.',
      ...(date === undefined ? {} : { date }),
    },
    { live: true },
  )

describe("an answer does not pass somebody else's", () => {
  test('mail that came in while it was written stops it at Send, with what happened; the conversation stays open', async () => {
    const id = await draft()
    await store.put(
      inbox(),
      { from: 'Hannah <h@x.test>', id: 'b@x', inReplyTo: ['a@x'], text: 'It rings again.' },
      { live: true },
    )
    expect((await store.call('drafts.get', { id })).since).toMatchObject([
      { direction: 'in', from: { name: 'Hannah' }, snippet: 'It rings again.' },
    ])
    expect((await send(id)).state).toBe('held')
    expect(await item()).toMatchObject({ state: 'held', error: 'moved-on', since: [{ snippet: 'It rings again.' }] })
    expect((await store.claim(mailboxId)).job).toBeNull()
    expect((await store.call('conversations.get', { id: conversationId })).status).toBe('open')
  })

  test("a colleague's answer that is met in Sent before it leaves stops it, even one that claims an earlier time", async () => {
    const id = await draft()
    expect((await send(id)).state).toBe('queued')
    expect((await store.call('conversations.get', { id: conversationId })).status).toBe('closed')
    await colleague(1_000_000)
    expect((await store.claim(mailboxId)).job).toBeNull()
    expect(await item()).toMatchObject({ state: 'held', since: [{ direction: 'out', from: { name: 'Mei' } }] })
    expect((await store.call('conversations.get', { id: conversationId })).status).toBe('open')
  })

  test('mail of an interrupted first sync that is newer than its basis stops it; older mail does not', async () => {
    const id = await draft()
    await store.put(inbox(), { from: 'h@x.test', id: 'old@x', references: ['a@x'], date: Date.UTC(2020, 1, 1) })
    expect((await store.call('drafts.get', { id })).since).toEqual([])
    await store.put(inbox(), { from: 'h@x.test', id: 'new@x', references: ['a@x'], date: Date.now() })
    expect((await store.call('drafts.get', { id })).since).toHaveLength(1)
  })

  test('its own earlier answer, an absence note and a delivery report do not stop it', async () => {
    const first = await draft('First.')
    const { outboxId } = await send(first)
    const { job } = await store.claim(mailboxId)
    const second = await draft('Second.')
    const message = parsed({
      from: 'Ada <support@acme.test>',
      to: ['h@x.test'],
      id: job?.messageId ?? '',
      posternId: job?.posternId ?? '',
      inReplyTo: ['a@x'],
      date: Date.now(),
    })
    await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from('raw'), message })
    await store.mail.call('outbox.settle', {
      id: outboxId,
      state: 'sent',
      error: null,
      serverLine: '250 ok',
      refused: [],
    })
    await store.put(sent(), message, { live: true })
    await store.put(
      inbox(),
      { from: 'h@x.test', id: 'away@x', inReplyTo: [job?.messageId ?? ''], auto: 'auto-reply' },
      { live: true },
    )
    await store.put(
      inbox(),
      { from: 'MAILER-DAEMON@x.test', id: 'dsn@x', inReplyTo: [job?.messageId ?? ''], auto: 'bounce' },
      { live: true },
    )
    expect((await store.call('drafts.get', { id: second })).since).toEqual([])
    expect((await send(second)).state).toBe('queued')
    expect((await store.claim(mailboxId)).job?.text).toBe('Second.')
  })

  test('due after an offline time, it needs a look at the mailbox before it is handed out', async () => {
    await send(await draft())
    const stale = await store.claim(mailboxId, {}, Date.now() - 60_000)
    expect(stale).toMatchObject({ job: null, look: { id: (await item())?.id, mailboxIds: [mailboxId] } })
    await colleague()
    expect((await store.claim(mailboxId)).job).toBeNull()
    expect((await item())?.state).toBe('held')
  })

  test('a look of before it was due does not count, however short ago', async () => {
    const before = Date.now() - 1
    await send(await draft())
    expect((await store.claim(mailboxId, {}, before)).look).toMatchObject({ id: (await item())?.id })
  })

  test('every mailbox that its conversation lives in is looked at, not only the one that sends; paused and imported ones are not', async () => {
    const [sales, quiet] = [await store.mailbox('sales@acme.test'), await store.mailbox('quiet@acme.test')]
    for (const other of [sales, quiet])
      await store.put(
        other.folders['INBOX'] ?? 0,
        parsed({
          from: 'Hannah <h@x.test>',
          subject: 'Bell',
          id: `again-${other.id}@x`,
          inReplyTo: ['a@x'],
          text: 'Does it ring?',
        }),
      )
    await store.call('mailboxes.pause', { id: quiet.id, paused: true })
    await send(await draft())
    const now = Date.now()
    const looked = [
      { mailboxId, at: now },
      { mailboxId: quiet.id, at: 0 },
    ]
    expect(await store.mail.call('outbox.claim', { mailboxId, looked })).toMatchObject({
      job: null,
      look: { mailboxIds: [sales.id] },
    })
    const id = (await item())?.id ?? 0
    await store.mail.call('outbox.settle', {
      id,
      state: 'queued',
      error: { code: 'auth-refused', detail: { lookAt: sales.id } },
      serverLine: null,
      refused: [],
      retryAt: 1,
    })
    expect(await item()).toMatchObject({ error: 'auth-refused', waitsFor: 'sales' })
    // A colleague's answer from the other mailbox stops it, whatever the one that sends knows.
    await store.put(
      sales.folders['Sent'] ?? 0,
      { from: 'Mei <sales@acme.test>', to: ['h@x.test'], id: 'mei@acme.test', inReplyTo: ['a@x'], text: 'It does.' },
      { live: true },
    )
    expect(
      (await store.mail.call('outbox.claim', { mailboxId, looked: [...looked, { mailboxId: sales.id, at: now }] })).job,
    ).toBeNull()
    expect(await item()).toMatchObject({ state: 'held', since: [{ from: { name: 'Mei' } }] })
  })

  test('a new conversation needs no look', async () => {
    const made = await store.call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
    await store.call('drafts.save', { ...made, to: [{ name: '', address: 'n@x.test' }], text: 'Hi' })
    await send(made.id)
    expect((await store.claim(mailboxId, {}, 0)).job?.text).toBe('Hi')
  })
})

describe('what a person may do with a held answer', () => {
  beforeEach(async () => {
    await send(await draft())
    await colleague()
    await store.claim(mailboxId)
    expect((await item())?.state).toBe('held')
  })

  test('send anyway lets it leave and close, unless even newer mail comes', async () => {
    const id = (await item())?.id ?? 0
    await store.call('outbox.sendAnyway', { id })
    expect((await store.call('conversations.get', { id: conversationId })).status).toBe('closed')
    await store.put(inbox(), { from: 'h@x.test', id: 'c@x', inReplyTo: ['a@x'], text: 'Stop.' }, { live: true })
    expect((await store.claim(mailboxId)).job).toBeNull()
    expect(await item()).toMatchObject({ state: 'held', since: [{ snippet: 'Stop.' }] })
    await store.call('outbox.sendAnyway', { id })
    expect((await store.claim(mailboxId)).job?.id).toBe(id)
  })

  test('edit gives the draft back, which still knows what happened', async () => {
    const { draftId } = await store.call('outbox.undo', { id: (await item())?.id ?? 0 })
    expect((await store.call('drafts.get', { id: draftId })).since).toHaveLength(1)
    await store.call('drafts.rebase', { id: draftId })
    expect((await store.call('drafts.get', { id: draftId })).since).toEqual([])
    expect((await send(draftId)).state).toBe('queued')
  })

  test('as a note its words stay with the team and nothing is sent; undo makes it a draft again', async () => {
    const { undo } = await store.call('outbox.toNote', { id: (await item())?.id ?? 0 })
    let shown = await store.call('conversations.get', { id: conversationId })
    expect(shown).toMatchObject({ outbox: [], draft: null, notes: [{ author: 'Ada', text: 'We send a new one.' }] })
    expect((await store.claim(mailboxId)).job).toBeNull()
    await store.call('acts.undo', { undo })
    shown = await store.call('conversations.get', { id: conversationId })
    expect(shown).toMatchObject({ outbox: [], draft: { text: 'We send a new one.' }, notes: [] })
  })

  test('as a note an answer longer than one note loses no word and is not refused', async () => {
    const { draftId } = await store.call('outbox.undo', { id: (await item())?.id ?? 0 })
    const kept = await store.call('drafts.get', { id: draftId })
    const words = Array.from({ length: 20_000 }, (_, n) => `word${n}`)
    await store.call('drafts.save', { ...kept, text: words.join(' '), html: `<p>${words.join(' ')}</p>` })
    await send(draftId)
    const { undo } = await store.call('outbox.toNote', { id: (await item())?.id ?? 0 })
    const { notes } = await store.call('conversations.get', { id: conversationId })
    expect(notes.flatMap(({ text }) => text.match(/word\d+/gu) ?? [])).toEqual(words)
    await store.call('acts.undo', { undo })
    const shown = await store.call('conversations.get', { id: conversationId })
    expect(shown).toMatchObject({ draft: { text: words.join(' ') }, notes: [] })
  })

  test('discard throws it away; undo brings the draft back', async () => {
    const { undo } = await store.call('outbox.discard', { id: (await item())?.id ?? 0 })
    expect(await store.call('conversations.get', { id: conversationId })).toMatchObject({
      outbox: [],
      draft: null,
      notes: [],
    })
    await store.call('acts.undo', { undo })
    expect((await store.call('conversations.get', { id: conversationId })).draft?.text).toBe('We send a new one.')
  })

  test('it stays held through a restart', async () => {
    await store.restart()
    expect(await item()).toMatchObject({ state: 'held', error: 'moved-on', since: [{ from: { name: 'Mei' } }] })
  })
})

describe('scheduled', () => {
  const tomorrow = Date.now() + 24 * 3_600_000

  test('another time that it was given while its mailbox was looked at is not lost when the look fails', async () => {
    const { outboxId: id } = await send(await draft())
    expect((await store.claim(mailboxId, {}, Date.now() - 60_000)).look).toEqual({ id, mailboxIds: [mailboxId] })
    await store.call('outbox.reschedule', { id, sendAt: tomorrow, unlessAnswered: true })
    await store.mail.call('outbox.settle', {
      id,
      state: 'queued',
      error: { code: 'timeout', detail: { lookAt: mailboxId } },
      serverLine: null,
      refused: [],
      retryAt: Date.now(),
    })
    expect(await item()).toMatchObject({ state: 'queued', dueAt: tomorrow, error: null })
  })

  test('it does not leave before its time, and can be given another or none', async () => {
    const draftId = await draft()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'closed', sendAt: tomorrow })
    expect(await store.claim(mailboxId)).toMatchObject({ job: null, nextDueAt: tomorrow })
    expect(await item()).toMatchObject({ scheduled: true, unlessAnswered: true, dueAt: tomorrow })
    expect((await store.call('sync.status', {})).waiting).toBe(0)
    await store.call('outbox.reschedule', { id: outboxId, sendAt: tomorrow + 1000, unlessAnswered: false })
    expect(await item()).toMatchObject({ dueAt: tomorrow + 1000, unlessAnswered: false })
    await store.call('outbox.reschedule', { id: outboxId, sendAt: null, unlessAnswered: true })
    expect((await store.claim(mailboxId)).job?.id).toBe(outboxId)
  })

  test("the customer's answer meanwhile stops it, unless it was told to leave all the same", async () => {
    for (const unlessAnswered of [true, false]) {
      const { outboxId } = await store.call('outbox.send', {
        draftId: await draft(),
        thenStatus: 'pending',
        sendAt: Date.now() - 1,
        unlessAnswered,
      })
      await store.put(
        inbox(),
        { from: 'h@x.test', id: `again-${unlessAnswered}@x`, inReplyTo: ['a@x'] },
        { live: true },
      )
      const { job } = await store.claim(mailboxId)
      expect(job?.id ?? null).toBe(unlessAnswered ? null : outboxId)
      if (unlessAnswered) await store.call('outbox.discard', { id: outboxId })
    }
  })

  test('undo brings the draft back long before its time', async () => {
    const draftId = await draft()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'closed', sendAt: tomorrow })
    expect(await store.call('outbox.undo', { id: outboxId })).toEqual({ draftId, conversationId })
    expect(await codeOf(store.call('outbox.reschedule', { id: outboxId, sendAt: null, unlessAnswered: true }))).toBe(
      'not-found',
    )
  })
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { codeOf, day, Harness, parsed } from '../helpers'

let store: Harness
let folders: Record<string, number>
let mailboxId: number
beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  folders = made.folders
  mailboxId = made.id
  await store.call('settings.set', { undoSeconds: 0, agentName: 'Ada' })
  await store.put(folders['INBOX'] ?? 0, {
    from: 'Hannah <h@x.test>',
    to: ['support@acme.test', 'Bo <bo@x.test>'],
    cc: ['cy@x.test'],
    subject: 'AW: Bell',
    id: 'a@x',
    references: ['root@x'],
    text: 'It does not ring.',
  })
})
afterEach(() => store.stop())

const conversation = async (): Promise<number> =>
  (await store.list('inbox'))[0]?.id ?? (await store.list('closed'))[0]?.id ?? 0

async function reply(
  text = 'We send a new one.',
  kind: 'reply' | 'reply-all' = 'reply',
): Promise<{ draftId: number; conversationId: number }> {
  const conversationId = await conversation()
  const draft = await store.call('drafts.start', { kind, conversationId, messageId: null })
  await store.call('drafts.save', { ...draft, id: draft.id, text, html: `<p>${text}</p>` })
  return { draftId: draft.id, conversationId }
}

describe('drafts', () => {
  test('an answer goes to the sender, with one Re: and what was visible quoted', async () => {
    const draft = await store.call('drafts.start', {
      kind: 'reply',
      conversationId: await conversation(),
      messageId: null,
      visibleText: 'shown only',
    })
    expect(draft).toMatchObject({
      to: [{ name: 'Hannah', address: 'h@x.test' }],
      cc: [],
      subject: 'Re: Bell',
      mailboxId,
    })
    expect(draft.quote).toMatch(/^On .* UTC, Hannah wrote:\nshown only$/)
  })

  test('an answer to all never goes to ourselves', async () => {
    const draft = await store.call('drafts.start', {
      kind: 'reply-all',
      conversationId: await conversation(),
      messageId: null,
    })
    expect([...draft.to, ...draft.cc].map(({ address }) => address)).toEqual(['h@x.test', 'bo@x.test', 'cy@x.test'])
  })

  test('Reply-To wins over From', async () => {
    await store.put(folders['INBOX'] ?? 0, { from: 'robot@x.test', replyTo: ['human@x.test'], subject: 'R', id: 'r@x' })
    const id = (await store.list()).find(({ subject }) => subject === 'R')?.id ?? 0
    expect((await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })).to).toEqual([
      { name: '', address: 'human@x.test' },
    ])
  })

  test('a second start gives the same draft, not a second one', async () => {
    const conversationId = await conversation()
    const one = await store.call('drafts.start', { kind: 'reply', conversationId, messageId: null })
    const two = await store.call('drafts.start', { kind: 'reply-all', conversationId, messageId: null })
    expect(two.id).toBe(one.id)
    expect((await store.list('drafts')).map(({ hasDraft }) => hasDraft)).toEqual([true])
  })

  test('a forward takes the files of the original along', async () => {
    store.parts = ({ index }) => ({ type: 'text/plain', bytes: Buffer.from(`part ${index}`) })
    await store.put(folders['INBOX'] ?? 0, {
      from: 'h@x.test',
      subject: 'Files',
      files: [{ name: 'a.txt' }, { name: 'logo.png', inline: true }, { name: 'b.txt' }],
    })
    const id = (await store.list()).find(({ subject }) => subject === 'Files')?.id ?? 0
    const draft = await store.call('drafts.start', { kind: 'forward', conversationId: id, messageId: null })
    expect(draft).toMatchObject({
      to: [],
      subject: 'Fwd: Files',
      files: [
        { name: 'a.txt', size: 6 },
        { name: 'b.txt', size: 6 },
      ],
    })
  })

  test('a discarded draft comes back with its files', async () => {
    const { draftId } = await reply()
    await store.call('drafts.attach', {
      id: draftId,
      name: 'x.pdf',
      type: 'application/pdf',
      bytes: new Uint8Array([1, 2, 3]),
    })
    const { undo } = await store.call('drafts.discard', { id: draftId })
    expect((await store.call('drafts.list', {})).drafts).toEqual([])
    await store.call('acts.undo', { undo })
    expect((await store.call('drafts.get', { id: draftId })).files).toMatchObject([{ name: 'x.pdf', size: 3 }])
  })

  test('drafts survive a restart', async () => {
    const { draftId } = await reply('half a sen')
    await store.restart()
    expect((await store.call('drafts.get', { id: draftId })).text).toBe('half a sen')
  })
})

describe('outbox', () => {
  test('without recipients, or with all of a mail to 5,000, nothing is queued and the draft is kept', async () => {
    const { draftId } = await reply()
    const draft = await store.call('drafts.get', { id: draftId })
    await store.call('drafts.save', { ...draft, to: [], cc: [], bcc: [] })
    expect(await codeOf(store.call('outbox.send', { draftId, thenStatus: 'closed' }))).toBe('no-recipient')
    await store.call('drafts.save', {
      ...draft,
      to: Array.from({ length: 5001 }, (_, n) => ({ name: '', address: `c${n}@x.test` })),
    })
    await expect(store.call('outbox.send', { draftId, thenStatus: 'closed' })).rejects.toMatchObject({
      code: 'too-many-recipients',
      detail: { count: 5001, limit: 500 },
    })
    expect((await store.call('outbox.list', {})).items).toEqual([])
    expect((await store.call('drafts.get', { id: draftId })).to).toHaveLength(5001)
  })

  test('sent: frozen identity, claimed once, shown as a message when it left, found again in Sent', async () => {
    const { draftId, conversationId } = await reply()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'closed' })
    await expect.poll(() => store.woken).toContain(`outbox ${mailboxId}`)
    expect((await store.call('conversations.get', { id: conversationId })).outbox).toMatchObject([
      { id: outboxId, state: 'queued', from: { name: 'Ada', address: 'support@acme.test' } },
    ])
    expect((await store.list('closed'))[0]).toMatchObject({ outbox: 'queued', hasDraft: false })

    const { job } = await store.claim(mailboxId)
    expect(job).toMatchObject({
      to: [{ name: 'Hannah', address: 'h@x.test' }],
      inReplyTo: 'a@x',
      references: ['root@x', 'a@x'],
      subject: 'Re: Bell',
      raw: null,
    })
    expect(job?.messageId).toMatch(/^[0-9a-f-]{36}@acme\.test$/)
    expect((await store.claim(mailboxId)).job).toBeNull()
    expect(await codeOf(store.call('outbox.undo', { id: outboxId }))).toBe('conflict')

    const message = parsed({
      from: 'Ada <support@acme.test>',
      to: ['h@x.test'],
      subject: 'Re: Bell',
      id: job?.messageId ?? '',
      inReplyTo: ['a@x'],
      references: ['root@x', 'a@x'],
      posternId: job?.posternId ?? '',
      text: 'We send a new one.',
      date: job?.date ?? 0,
    })
    await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from('raw'), message })
    expect((await store.call('conversations.get', { id: conversationId })).messages).toHaveLength(1)
    await store.mail.call('outbox.settle', {
      id: outboxId,
      state: 'sent',
      error: null,
      serverLine: '250 ok',
      refused: [],
    })
    const after = await store.call('conversations.get', { id: conversationId })
    expect(after.messages.map(({ direction }) => direction)).toEqual(['in', 'out'])
    expect(after).toMatchObject({ outbox: [], draft: null, status: 'closed' })
    expect(await store.list('outbox')).toEqual([])

    // The server's copy has other bytes, even another text: it is the same message.
    await store.put(
      folders['Sent'] ?? 0,
      parsed({
        from: 'support@acme.test',
        id: job?.messageId ?? '',
        posternId: job?.posternId ?? '',
        text: 'We send a new one.\n-- \nscanned by X',
        raw: 'other',
        inReplyTo: ['a@x'],
      }),
    )
    expect((await store.call('conversations.get', { id: conversationId })).messages).toHaveLength(2)
    expect((await store.call('search.query', { text: '"new one"' })).hits).toHaveLength(1)
  })

  test('undo gives the draft back with recipients, text and files, and the status', async () => {
    await store.call('settings.set', { undoSeconds: 30 })
    const { draftId, conversationId } = await reply('wait')
    await store.call('drafts.attach', { id: draftId, name: 'x.pdf', type: 'application/pdf', bytes: new Uint8Array(3) })
    const before = await store.call('drafts.get', { id: draftId })
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'closed' })
    const claimed = await store.claim(mailboxId)
    expect(claimed.job).toBeNull()
    expect(claimed.nextDueAt).toBeGreaterThan(Date.now() + 20_000)
    expect(await codeOf(store.call('drafts.save', { ...before, text: 'changed after Send' }))).toBe('conflict')
    expect(await store.call('outbox.undo', { id: outboxId })).toEqual({ draftId, conversationId })
    expect(await store.call('drafts.get', { id: draftId })).toMatchObject({
      to: before.to,
      text: 'wait',
      files: before.files,
    })
    const { status, history } = await store.call('conversations.get', { id: conversationId })
    expect(status).toBe('open')
    // One line, and it says what became of it.
    expect(history).toMatchObject([{ kind: 'closed', takenBack: true }])
  })

  test('what was sent while the clock was a day ahead does not wait for that day; a chosen time stays', async () => {
    const now = Date.now()
    await store.call('settings.set', { undoSeconds: 30 })
    const { draftId } = await reply('soon')
    const later = await store.call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
    await store.call('drafts.save', { ...later, to: [{ name: '', address: 'new@x.test' }], text: 'on Monday' })
    vi.useFakeTimers({ toFake: ['Date'], now: now + day })
    try {
      const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'open' })
      const chosen = now + 5 * day
      await store.call('outbox.send', { draftId: later.id, thenStatus: 'open', sendAt: chosen })
      expect((await store.claim(mailboxId)).nextDueAt).toBe(now + day + 30_000)
      vi.setSystemTime(now)
      expect(await store.claim(mailboxId)).toMatchObject({ job: null, nextDueAt: now + 30_000 })
      vi.setSystemTime(now + 31_000)
      // A look that was made while the clock was ahead is none of now.
      expect((await store.claim(mailboxId, {}, now + day)).look).toMatchObject({ id: outboxId })
      expect(await store.claim(mailboxId)).toMatchObject({ job: { id: outboxId }, nextDueAt: chosen })
    } finally {
      vi.useRealTimers()
    }
  })

  test('what was put off while the clock was a month ahead is not put off by a month', async () => {
    const now = Date.now()
    const { draftId } = await reply('soon')
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'open' })
    vi.useFakeTimers({ toFake: ['Date'], now: now + 30 * day })
    try {
      expect((await store.claim(mailboxId)).job?.id).toBe(outboxId)
      await store.mail.call('outbox.settle', {
        id: outboxId,
        state: 'queued',
        error: { code: 'recipient-refused', detail: {} },
        serverLine: '450 greylisted',
        refused: [],
      })
      vi.setSystemTime(now + 60_000)
      expect(await store.claim(mailboxId)).toMatchObject({ job: { id: outboxId } })
    } finally {
      vi.useRealTimers()
    }
  })

  test('a new conversation appears at Send and is gone after undo', async () => {
    await store.call('settings.set', { undoSeconds: 30 })
    const draft = await store.call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
    await store.call('drafts.save', {
      ...draft,
      to: [{ name: 'New', address: 'new@x.test' }],
      subject: 'Hello',
      text: 'Hi',
    })
    const { outboxId, conversationId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'pending' })
    expect(await store.list('pending')).toMatchObject([
      { id: conversationId, subject: 'Hello', people: ['New'], outbox: 'queued' },
    ])
    expect(await store.call('outbox.undo', { id: outboxId })).toEqual({ draftId: draft.id, conversationId: null })
    expect(await store.list('pending')).toEqual([])
  })

  test('found leaving after a crash: in doubt only when its end was about to be handed over, else it waits again (R40)', async () => {
    const { draftId } = await reply()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'open' })
    await store.claim(mailboxId)
    store.joinMail()
    expect((await store.call('outbox.list', {})).items[0]?.state).toBe('queued')

    const { job } = await store.claim(mailboxId)
    const again = job?.attempt ?? 0
    const message = parsed({
      from: 'support@acme.test',
      id: job?.messageId ?? '',
      posternId: job?.posternId ?? '',
      to: ['h@x.test'],
    })
    await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from('raw bytes'), message })
    // Its bytes are here and may have left in part, but not their end.
    await store.restart()
    expect((await store.call('outbox.list', {})).items[0]).toMatchObject({ state: 'queued', error: null })
    // Whoever still carries that try may not end it: another one may be under way.
    const last = (await store.claim(mailboxId)).job
    expect(await codeOf(store.mail.call('outbox.ending', { id: outboxId, attempt: again }))).toBe('conflict')
    expect(Buffer.from(last?.raw ?? []).toString()).toBe('raw bytes')

    await store.mail.call('outbox.ending', { id: outboxId, attempt: last?.attempt ?? 0 })
    await store.restart()
    expect((await store.call('outbox.list', {})).items[0]?.state).toBe('uncertain')
    const { jobs } = await store.mail.call('outbox.uncertain', { mailboxId })
    expect(jobs).toMatchObject([{ id: outboxId, state: 'uncertain', messageId: job?.messageId }])
    expect(Buffer.from(jobs[0]?.raw ?? []).toString()).toBe('raw bytes')
    expect(await codeOf(store.call('outbox.retry', { id: outboxId }))).toBe('conflict')
    expect((await store.claim(mailboxId)).job).toBeNull()
  })

  test('one in doubt is settled by its copy in Sent, or by a person, and never sent twice by itself', async () => {
    for (const way of ['copy', 'arrived', 'send-again'] as const) {
      const { draftId } = await reply(way)
      const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'open' })
      const { job } = await store.claim(mailboxId)
      const message = parsed({
        from: 'support@acme.test',
        id: job?.messageId ?? '',
        posternId: job?.posternId ?? '',
        to: ['h@x.test'],
        text: way,
      })
      await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from(way), message })
      await store.mail.call('outbox.settle', {
        id: outboxId,
        state: 'uncertain',
        error: { code: 'connection-lost', detail: {} },
        serverLine: null,
        refused: [],
      })
      if (way === 'copy') await store.put(folders['Sent'] ?? 0, { ...message })
      else await store.call('outbox.decide', { id: outboxId, decision: way })
      const { items } = await store.call('outbox.list', {})
      expect(items.map(({ state }) => state)).toEqual(way === 'send-again' ? ['queued'] : [])
      // The same bytes under the same identity leave again.
      if (way === 'send-again') expect(Buffer.from((await store.claim(mailboxId)).job?.raw ?? []).toString()).toBe(way)
    }
    expect(
      (await store.call('conversations.get', { id: await conversation() })).messages.filter(
        ({ direction }) => direction === 'out',
      ),
    ).toHaveLength(2)
  })

  test('a copy in Sent of what left from here is not fetched again: header and size show it, and settle it; those of another message do not', async () => {
    const { draftId, conversationId } = await reply()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'open' })
    const { job } = await store.claim(mailboxId)
    const raw = `Message-ID: <${job?.messageId}>\r\nSubject: Re: Bell\r\n\r\nWe send a new one.`
    const message = parsed({
      from: 'support@acme.test',
      id: job?.messageId ?? '',
      posternId: job?.posternId ?? '',
      to: ['h@x.test'],
      raw,
    })
    await store.mail.call('outbox.composed', { id: outboxId, raw: Buffer.from(raw), message })
    await store.mail.call('outbox.settle', {
      id: outboxId,
      state: 'uncertain',
      error: { code: 'connection-lost', detail: {} },
      serverLine: null,
      refused: [],
    })
    const met = async (source: string, uid: number) => {
      const header = Buffer.from(source.slice(0, source.indexOf('\r\n\r\n') + 4))
      const items = [{ uid, flags: ['\\Seen'], size: source.length, header }]
      return (await store.mail.call('folder.reattach', { folderId: folders['Sent'] ?? 0, uidValidity: '1', items }))
        .uids
    }
    expect(await met(raw.replace('Bell', 'Ball'), 1)).toEqual([])
    expect(await met(`${raw} And a bell.`, 2)).toEqual([])
    expect((await store.call('outbox.list', {})).items[0]?.state).toBe('uncertain')
    expect(await met(raw, 3)).toEqual([3])
    expect((await store.call('outbox.list', {})).items).toEqual([])
    expect((await store.mail.call('copies.next', { mailboxId })).copy).toBeNull()
    const { messages } = await store.call('conversations.get', { id: conversationId })
    expect(messages.filter(({ direction }) => direction === 'out')).toHaveLength(1)
    // A customer's own mail there is fetched, whatever it looks like.
    expect(await met('Message-ID: <a@x>\r\nSubject: AW: Bell\r\n\r\nIt does not ring.', 4)).toEqual([])
  })

  test('a refusal by the server re-opens the conversation and says why; retry sends the same identity', async () => {
    const { draftId, conversationId } = await reply()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'closed' })
    const first = await store.claim(mailboxId)
    await store.mail.call('outbox.settle', {
      id: outboxId,
      state: 'failed',
      error: { code: 'message-refused', detail: {} },
      serverLine: '554 no',
      refused: [],
    })
    const shown = await store.call('conversations.get', { id: conversationId })
    expect(shown).toMatchObject({
      status: 'open',
      outbox: [{ state: 'failed', error: 'message-refused', serverLine: '554 no' }],
    })
    await store.call('outbox.retry', { id: outboxId })
    expect((await store.claim(mailboxId)).job?.messageId).toBe(first.job?.messageId)
  })

  test('one in doubt is work again once a person is asked about it, also where its conversation was closed with it', async () => {
    const { draftId, conversationId } = await reply()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'closed' })
    await store.claim(mailboxId)
    await store.mail.call('outbox.settle', {
      id: outboxId,
      state: 'uncertain',
      error: null,
      serverLine: null,
      refused: [],
    })
    const status = async (): Promise<string> => (await store.call('conversations.get', { id: conversationId })).status
    expect(await status()).toBe('closed')
    await store.mail.call('outbox.lookedInVain', { id: outboxId })
    expect(await status()).toBe('open')
  })

  test('an offline try waits longer each time', async () => {
    const { draftId } = await reply()
    const { outboxId } = await store.call('outbox.send', { draftId, thenStatus: 'closed' })
    await store.claim(mailboxId)
    await store.mail.call('outbox.settle', {
      id: outboxId,
      state: 'queued',
      error: { code: 'offline', detail: {} },
      serverLine: null,
      refused: [],
    })
    const { job, nextDueAt } = await store.claim(mailboxId)
    expect(job).toBeNull()
    expect(nextDueAt).toBeGreaterThan(Date.now() + 10_000)
    expect((await store.call('outbox.list', {})).items[0]).toMatchObject({
      state: 'queued',
      error: 'offline',
      attempts: 1,
    })
  })

  test('once the server answers again, nothing says still that it is not reached; what it refused stays said', async () => {
    const settled = async (code: 'connection-refused' | 'server-refused'): Promise<void> => {
      const { draftId } = await reply()
      const { outboxId: id } = await store.call('outbox.send', { draftId, thenStatus: 'closed' })
      await store.claim(mailboxId)
      const error = { code, detail: {} }
      await store.mail.call('outbox.settle', { id, state: 'queued', error, serverLine: null, refused: [] })
    }
    await settled('server-refused')
    await settled('connection-refused')
    const errors = async () => (await store.call('outbox.list', {})).items.map(({ error }) => error ?? '').toSorted()
    expect(await errors()).toEqual(['connection-refused', 'server-refused'])
    await store.mail.call('outbox.reached', { mailboxId: mailboxId + 1 })
    expect(await errors()).toEqual(['connection-refused', 'server-refused'])
    await store.mail.call('outbox.reached', { mailboxId })
    expect(await errors()).toEqual(['', 'server-refused'])
    expect((await store.claim(mailboxId)).job).not.toBeNull()
  })

  test("a customer's answer to what was sent joins its conversation, even before the Sent copy is seen", async () => {
    const { draftId, conversationId } = await reply()
    await store.call('outbox.send', { draftId, thenStatus: 'closed' })
    const { job } = await store.claim(mailboxId)
    await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test', inReplyTo: [job?.messageId ?? ''] }, { live: true })
    expect((await store.call('conversations.get', { id: conversationId })).messages).toHaveLength(2)
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { calls, type SupportTable } from '../../../src-preload/contract/calls'
import { isShown } from '../../../src-main/store/privacy/support-views'
import { codeOf, Harness, pair } from '../helpers'
import { grant, logged, signIn, staff } from '../support'

let store: Harness
let inbox: number
beforeEach(async () => {
  store = await Harness.make()
  inbox = (await store.mailbox()).folders['INBOX'] ?? 0
})
afterEach(() => store.stop())

describe('a support session', () => {
  test('shows nothing before it is written down: each look has its entry, and no entry is no data (R57)', async () => {
    await store.put(inbox, { from: 'Priya <priya@cycle.test>', text: 'canarytext' })
    await grant(store)
    const session = await signIn(store)
    const { rows } = await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })
    const id = rows[0]?.id ?? 0
    expect((await session.ask('conversations.get', { id })).messages[0]?.body?.text).toContain('canarytext')
    expect((await logged(store)).slice(2)).toEqual(['session-began', 'look-list', 'look-conversation'])
  })

  test('gets no answer, to any of its calls, that could not be written down (R57)', async () => {
    await store.put(inbox, {
      from: 'Priya <priya@cycle.test>',
      text: 'canarytext',
      files: [{ name: 'order.txt', type: 'text/plain' }],
    })
    await grant(store, { kind: 'customer-success-manager' })
    const session = await signIn(store)
    const { rows } = await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })
    const id = rows[0]?.id ?? 0
    const { messages, customerId } = await session.ask('conversations.get', { id })
    const { self } = await session.ask('people.list', {})
    const tag = await store.call('tags.create', { label: 'Shipping' })
    const behindTheLog: Record<Exclude<keyof SupportTable, 'support.session' | 'support.log'>, object> = {
      'support.diagnostics': {},
      'support.attachment': { id: messages[0]?.attachments[0]?.id },
      'mailboxes.list': {},
      'counts.get': {},
      'conversations.list': { view: 'inbox', offset: 0, limit: 50 },
      'conversations.position': { view: 'inbox', id },
      'conversations.get': { id },
      'messages.body': { id: messages[0]?.id },
      'customers.get': { id: customerId },
      'search.query': { text: 'canarytext' },
      'people.list': {},
      'tags.list': {},
      'notes.add': { conversationId: id, text: 'a note' },
      'conversations.assign': { ids: [id], to: self },
      'conversations.tag': { ids: [id], tag: tag.name, on: true },
    }
    const before = await store.call('conversations.get', { id })
    store.db.write((tx) =>
      tx.run("CREATE TRIGGER disk_full BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'full'); END"),
    )
    const codes: Record<string, string> = {}
    for (const [name, input] of Object.entries(behindTheLog))
      codes[name] = await codeOf(session.askAnything(name, input))
    expect(codes).toEqual(Object.fromEntries(Object.keys(behindTheLog).map((name) => [name, 'internal'])))
    // All of them are answered while the log is written.
    store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
    expect(await store.call('conversations.get', { id })).toEqual(before)
    for (const [name, input] of Object.entries(behindTheLog)) await session.askAnything(name, input)
  })

  test('that was taken away before its window came takes the store from nobody, and the window is told', async () => {
    await grant(store)
    const { session } = await signIn(store)
    store.service.open.support.endSession(session, 'revoked')
    store.toApp.length = 0
    const [forStore, mine] = pair()
    mine.onMessage(() => undefined)
    // Whatever is thrown here ends the process.
    store.service.joinWindow(forStore, { kind: 'support', name: 'Idris', session })
    await expect.poll(() => store.toApp).toContainEqual({ topic: 'support-ended', session, why: 'ended' })
    store.service.closeStore()
    store.service.joinWindow(forStore, { kind: 'support', name: 'Idris', session })
    await store.start()
  })

  test('has every list of the window, those of assignment too', async () => {
    await store.put(inbox, { from: 'Priya <priya@cycle.test>' })
    const { self } = await store.call('people.list', {})
    await store.call('conversations.assign', { ids: (await store.list()).map(({ id }) => id), to: self })
    await grant(store)
    const session = await signIn(store)
    const rows = async (view: 'assigned' | 'mine' | 'unassigned') =>
      (await session.ask('conversations.list', { view, offset: 0, limit: 50 })).rows.length
    expect([await rows('assigned'), await rows('mine'), await rows('unassigned')]).toEqual([1, 0, 0])
    expect((await session.ask('counts.get', {})).views).toMatchObject({ inbox: 1, assigned: 1, mine: 0 })
  })

  test('refuses every call that is not part of the grant, whoever sends it, and writes that down (R56)', async () => {
    await store.put(inbox, { from: 'Priya <priya@cycle.test>' })
    const { rows } = await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 1 })
    const before = JSON.stringify([rows, await store.call('settings.get', {}), await store.call('drafts.list', {})])
    await grant(store)
    const mayAsk = new Set([
      'support.session',
      'support.log',
      'support.diagnostics',
      'mailboxes.list',
      'counts.get',
      'conversations.list',
      'conversations.position',
      'conversations.get',
      'messages.body',
      'customers.get',
      'search.query',
      'support.attachment',
    ])
    const forbidden = Object.keys(calls).filter((name) => !mayAsk.has(name))
    expect(forbidden.length).toBeGreaterThan(40)
    let session = await signIn(store)
    for (const name of forbidden) {
      if (session.ended !== null || forbidden.indexOf(name) % 40 === 39) session = await signIn(store)
      // Some answer to the shape before the permission; what counts is that none of them does anything.
      const answer: unknown = await session
        .askAnything(name, {
          id: 1,
          ids: [1],
          status: 'closed',
          read: true,
          values: {},
          agentName: 'Mallory',
          conversationId: 1,
          text: 'x',
          draftId: 1,
          thenStatus: 'closed',
        })
        .catch((fault: unknown) => fault)
      expect(answer, name).toBeInstanceOf(Error)
    }
    expect(
      JSON.stringify([
        (await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 1 })).rows,
        await store.call('settings.get', {}),
        await store.call('drafts.list', {}),
      ]),
    ).toBe(before)
    expect((await logged(store)).filter((act) => act === 'refused').length).toBeGreaterThan(20)
  })

  test('a client that keeps asking for what it may not have is put out', async () => {
    await grant(store)
    const session = await signIn(store)
    for (let n = 0; n < 51; n++) await codeOf(session.askAnything('settings.set', {}))
    expect(await codeOf(session.ask('support.session', {}))).not.toBe('none')
    await expect.poll(() => session.ended).toBe('refused-too-often')
  })

  test('metadata shows headers and not one word of a message, a note or a profile', async () => {
    await store.put(inbox, {
      from: 'Priya <priya@cycle.test>',
      subject: 'Bell',
      text: 'canarytext',
      files: [{ name: 'canaryfile.pdf' }],
    })
    const [{ id } = { id: 0 }] = (await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 1 })).rows
    await store.call('notes.add', { conversationId: id, text: 'canarynote' })
    await grant(store, { scope: 'metadata' })
    const session = await signIn(store)
    const shown = JSON.stringify([
      await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 }),
      await session.ask('conversations.get', { id }),
      await session.ask('mailboxes.list', {}),
      await session.ask('counts.get', {}),
    ])
    expect(shown).toContain('Bell')
    expect(shown).toContain('priya@cycle.test')
    expect(shown).not.toMatch(/canary/)
    expect(await codeOf(session.ask('messages.body', { id: 1 }))).toBe('not-allowed')
    expect(await codeOf(session.ask('search.query', { text: 'canarytext' }))).toBe('not-allowed')
    expect(await codeOf(session.ask('customers.get', { id: 1 }))).toBe('not-allowed')
  })

  test('diagnostics shows no conversation, no person and no address (R59)', async () => {
    await store.put(inbox, { from: 'Canary Person <canary@cycle.test>', subject: 'canarysubject', text: 'canarytext' })
    await store.call('settings.set', {
      agentName: 'Canary Agent',
      signature: { html: '<div>canarysignature</div>', text: 'canarysignature' },
    })
    await grant(store, { scope: 'diagnostics' })
    const session = await signIn(store)
    const { text } = await session.ask('support.diagnostics', {})
    expect(text).toContain('conversations')
    expect(text.toLowerCase()).not.toMatch(/canary|acme\.test|@/)
    expect(await codeOf(session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 1 }))).toBe('not-allowed')
    expect(await codeOf(session.ask('conversations.get', { id: 1 }))).toBe('not-allowed')
    expect(await codeOf(session.ask('messages.body', { id: 1 }))).toBe('not-allowed')
    expect(await codeOf(session.ask('counts.get', {}))).toBe('not-allowed')
    expect(await codeOf(session.ask('search.query', { text: 'canarytext' }))).toBe('not-allowed')
  })

  test('one mailbox granted shows nothing of another: not in lists, counts, search, by number, or by customer', async () => {
    const other = await store.mailbox('secret@acme.test')
    await store.put(inbox, { from: 'Priya <priya@cycle.test>', subject: 'Shown', text: 'openword' })
    await store.put(other.folders['INBOX'] ?? 0, {
      from: 'Hidden <hidden@cycle.test>',
      to: ['secret@acme.test'],
      subject: 'Canary',
      text: 'canarytext openword',
    })
    const all = (await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 10 })).rows
    const hidden = all.find(({ subject }) => subject === 'Canary')
    const mailboxes = (await store.call('mailboxes.list', {})).mailboxes
    await grant(store, {
      mailboxIds: mailboxes.filter(({ address }) => address === 'support@acme.test').map(({ id }) => id),
    })
    const session = await signIn(store)
    const list = await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })
    expect(list.rows.map(({ subject }) => subject)).toEqual(['Shown'])
    expect(list.total).toBe(1)
    expect((await session.ask('counts.get', {})).views.inbox).toBe(1)
    expect((await session.ask('mailboxes.list', {})).mailboxes).toHaveLength(1)
    expect(await codeOf(session.ask('conversations.get', { id: hidden?.id ?? 0 }))).toBe('not-found')
    const found = await session.ask('search.query', { text: 'openword' })
    expect(found.hits.map(({ subject }) => subject.join(''))).toEqual(['Shown'])
    const message = await store.call('conversations.get', { id: hidden?.id ?? 0 })
    expect(await codeOf(session.ask('messages.body', { id: message.messages[0]?.id ?? 0 }))).toBe('not-found')
    expect(await codeOf(session.ask('customers.get', { id: message.customerId ?? 0 }))).toBe('not-found')
    expect((await session.ask('mailboxes.list', {})).mailboxes[0]?.imap.user).toBe('hidden')
  })

  test('a table that nobody thought of is empty for it, drafts and the log itself too', async () => {
    const tables = store.db.read
      .all<{ name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search%'",
      )
      .map(({ name }) => name)
    const full = tables.filter((name) => isShown(name, 'full'))
    expect(full.toSorted()).toEqual([
      'attachments',
      'conversation_labels',
      'conversation_mailboxes',
      'conversation_tags',
      'conversations',
      'customer_addresses',
      'customers',
      'folders',
      'history',
      'mailboxes',
      'message_bodies',
      'messages',
      'network_ledger',
      'notes',
      'settings',
      'tags',
      'view_counts',
    ])
    await grant(store)
    const session = await signIn(store)
    const { read } = store.service.open.support.session(session.session)
    for (const name of tables.filter((table) => !full.includes(table)))
      expect(read.all(`SELECT * FROM ${name}`), name).toEqual([])
    expect(() => read.get('DELETE FROM messages RETURNING id')).toThrow()
    expect(() => read.get("INSERT INTO main.settings(key, value) VALUES('a', '1') RETURNING key")).toThrow()
  })

  test('revoking closes it at once, and a session does not outlive the window, the store or the grant', async () => {
    await grant(store)
    const session = await signIn(store)
    const [{ id } = { id: 0 }] = (await store.call('grants.list', {})).grants
    await store.call('grants.revoke', { id })
    await expect.poll(() => session.ended).toBe('revoked')
    expect(store.service.open.support.openSessions(id)).toBe(0)
    expect((await logged(store)).slice(-2)).toEqual(['revoked', 'session-ended'])
  })

  test('it closes by itself when its time is over', async () => {
    await staff
    await grant(store, { endsAt: Date.now() + 8_000 })
    const session = await signIn(store)
    await session.ask('support.session', {})
    await expect.poll(() => session.ended, { interval: 20 }).toBe('ended')
    expect(await codeOf(signIn(store))).toBe('grant-ended')
  })

  test('only the named manager writes, and only notes', async () => {
    await store.put(inbox, { from: 'Priya <priya@cycle.test>' })
    const [{ id } = { id: 0 }] = (await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 1 })).rows
    await grant(store, { kind: 'customer-success' })
    const reader = await signIn(store)
    expect(await codeOf(reader.ask('notes.add', { conversationId: id, text: 'hello' }))).toBe('not-allowed')
    await grant(store, { kind: 'customer-success-manager' })
    const manager = await signIn(store)
    await manager.ask('notes.add', { conversationId: id, text: 'hello' })
    expect((await store.call('conversations.get', { id })).notes[0]?.author).toBe('Idris Vaughan, Postern support')
    for (const name of ['outbox.send', 'settings.set', 'conversations.trash', 'drafts.start'] as const)
      expect(await codeOf(manager.askAnything(name, {}))).toBe('not-allowed')
    expect(await logged(store)).toContain('wrote')
  })

  test('what a list shows of a conversation in two mailboxes is no word of the one that was not granted', async () => {
    const other = await store.mailbox('secret@acme.test')
    await store.put(inbox, { from: 'Priya <priya@cycle.test>', text: 'open words', id: 'first@test' })
    await store.put(other.folders['INBOX'] ?? 0, {
      from: 'Priya <priya@cycle.test>',
      to: ['secret@acme.test'],
      text: 'canarytext',
      inReplyTo: ['first@test'],
    })
    await grant(store, { mailboxIds: [1] })
    const session = await signIn(store)
    const { rows } = await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })
    expect(rows).toHaveLength(1)
    expect(rows[0]?.snippet).toBe('open words')
    expect(JSON.stringify(await session.ask('conversations.get', { id: rows[0]?.id ?? 0 }))).not.toContain('canarytext')
  })

  test('neither subject nor people, counts or mailboxes of a conversation tell of a mailbox that was not granted', async () => {
    const other = await store.mailbox('secret@acme.test')
    await store.put(other.folders['INBOX'] ?? 0, {
      from: 'Hidden <priya@cycle.test>',
      to: ['secret@acme.test'],
      subject: 'Canary',
      date: Date.parse('2026-01-01T10:00:00Z'),
      id: 'first@test',
      files: [{ name: 'canary.txt', type: 'text/plain' }],
    })
    await store.put(inbox, {
      from: 'Priya <priya@cycle.test>',
      subject: 'Re: Canary, openword',
      date: Date.parse('2026-01-02T10:00:00Z'),
      id: 'second@test',
      inReplyTo: ['first@test'],
    })
    await store.put(other.folders['INBOX'] ?? 0, {
      from: 'Stranger <stranger@cycle.test>',
      to: ['secret@acme.test'],
      subject: 'Re: Canary',
      date: Date.parse('2026-01-03T10:00:00Z'),
      inReplyTo: ['second@test', 'first@test'],
    })
    const whole = (await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 10 })).rows
    expect(whole.map(({ messageCount }) => messageCount)).toEqual([3])
    await grant(store, { mailboxIds: [1] })
    const session = await signIn(store)
    const { rows } = await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })
    expect(rows).toMatchObject([
      { subject: 'Canary, openword', people: ['Priya'], messageCount: 1, attachmentCount: 0, mailboxIds: [1] },
    ])
    const shown = await session.ask('conversations.get', { id: rows[0]?.id ?? 0 })
    expect(shown.subject).toBe('Canary, openword')
    expect(shown.mailboxIds).toEqual([1])
    const { hits } = await session.ask('search.query', { text: 'openword' })
    expect(hits.map((hit) => [hit.mailboxIds, hit.attachmentCount])).toEqual([[[1], 0]])
  })

  describe('of a conversation or a customer in two mailboxes', () => {
    let secret: number
    beforeEach(async () => {
      secret = (await store.mailbox('secret@acme.test')).folders['INBOX'] ?? 0
    })
    const toSecret = { to: ['secret@acme.test'] }

    test('no note, tag or line of its history tells of the one that was not granted, nor is anything written there', async () => {
      await store.put(secret, { from: 'Priya <priya@cycle.test>', ...toSecret, id: 'first@test' })
      await store.put(inbox, { from: 'Priya <priya@cycle.test>', id: 'second@test', inReplyTo: ['first@test'] })
      await store.put(inbox, { from: 'Other <other@cycle.test>', subject: 'Whole' })
      const ids = (await store.list()).map((row) => row.id)
      const tag = await store.call('tags.create', { label: 'canarytag' })
      await store.call('conversations.tag', { ids, tag: tag.name, on: true })
      for (const id of ids) await store.call('notes.add', { conversationId: id, text: `canarynote ${id}` })
      await grant(store, { kind: 'customer-success-manager', mailboxIds: [1] })
      const session = await signIn(store)
      const { rows } = await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })
      const whole = rows.find(({ subject }) => subject === 'Whole')?.id ?? 0
      const part = rows.find(({ subject }) => subject !== 'Whole')?.id ?? 0
      const shown = await session.ask('conversations.get', { id: part })
      expect(shown).toMatchObject({ partly: true, notes: [], tags: [], history: [] })
      expect(shown.messages).toHaveLength(1)
      expect(JSON.stringify([shown, rows.find(({ id }) => id === part)])).not.toContain('canary')
      for (const [name, input] of [
        ['conversations.tag', { ids: [whole, part], tag: tag.name, on: false }],
        ['conversations.assign', { ids: [part], to: null }],
        ['notes.add', { conversationId: part, text: 'x' }],
      ] as const)
        expect(await codeOf(session.askAnything(name, input)), name).toBe('not-allowed')
      // What is in granted mailboxes alone has all of it.
      expect(await session.ask('conversations.get', { id: whole })).toMatchObject({
        partly: false,
        notes: [{ text: `canarynote ${whole}` }],
        tags: [{ label: 'canarytag' }],
        history: [{ kind: 'tagged' }],
      })
    })

    test('nothing that is known of a customer comes from the one that was not granted', async () => {
      const day = (n: number) => Date.parse(`2026-01-0${n}T10:00:00Z`)
      await store.put(secret, { from: 'Canary Name <priya@cycle.test>', ...toSecret, date: day(1), subject: 'Canary' })
      await store.put(inbox, { from: 'Priya <priya@cycle.test>', date: day(2), subject: 'Bell' })
      await store.put(secret, {
        from: 'Canary Name <priya@cycle.test>',
        ...toSecret,
        date: day(3),
        subject: 'Canary 3',
      })
      // The first who wrote in it is in the other mailbox.
      await store.put(secret, { from: 'Canary <hidden@cycle.test>', ...toSecret, date: day(4), id: 'first@test' })
      await store.put(inbox, { from: 'Ana <ana@cycle.test>', date: day(5), subject: 'Lamp', inReplyTo: ['first@test'] })
      const customer = async (name: string) =>
        store.db.read.get<{ id: number }>(
          'SELECT customer_id AS id FROM customer_addresses WHERE address_key = ?',
          name,
        )?.id ?? 0
      const priya = await customer('priya@cycle.test')
      await store.call('customers.update', { id: priya, note: 'canarynote' })
      await grant(store, { mailboxIds: [1] })
      const session = await signIn(store)
      expect(await session.ask('customers.get', { id: priya })).toMatchObject({
        name: 'Priya',
        note: '',
        addresses: ['priya@cycle.test'],
        firstSeenAt: day(2),
        lastSeenAt: day(2),
        conversationCount: 1,
      })
      expect(await codeOf(session.ask('customers.get', { id: await customer('hidden@cycle.test') }))).toBe('not-found')
      const { rows } = await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })
      for (const { id, subject } of rows) {
        const shown = await session.ask('conversations.get', { id })
        expect([subject, shown.customerId]).toEqual([subject, subject === 'Bell' ? priya : null])
        expect(JSON.stringify(shown).toLowerCase()).not.toContain('canary')
      }
      // Granted both, all of it is there.
      await grant(store, { mailboxIds: [1, 2] })
      expect(await (await signIn(store)).ask('customers.get', { id: priya })).toMatchObject({
        name: 'Canary Name',
        note: 'canarynote',
        firstSeenAt: day(1),
        lastSeenAt: day(3),
      })
    })
  })

  test('the manager writes tags and assignments of what the grant shows, and nothing of another mailbox', async () => {
    const other = await store.mailbox('secret@acme.test')
    await store.put(inbox, { from: 'Priya <priya@cycle.test>' })
    await store.put(other.folders['INBOX'] ?? 0, { from: 'Hidden <hidden@cycle.test>', to: ['secret@acme.test'] })
    const rows = (await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 10 })).rows
    const shown = rows.find(({ people }) => people.includes('Priya'))?.id ?? 0
    const hidden = rows.find(({ people }) => people.includes('Hidden'))?.id ?? 0
    const tag = await store.call('tags.create', { label: 'Shipping' })
    await grant(store, { kind: 'customer-success', mailboxIds: [1] })
    const reader = await signIn(store)
    for (const [name, input] of [
      ['conversations.tag', { ids: [shown], tag: tag.name, on: true }],
      ['conversations.assign', { ids: [shown], to: null }],
      ['people.list', {}],
      ['tags.list', {}],
    ] as const)
      expect(await codeOf(reader.askAnything(name, input)), name).toBe('not-allowed')
    await grant(store, { kind: 'customer-success-manager', mailboxIds: [1] })
    const manager = await signIn(store)
    const { self } = await manager.ask('people.list', {})
    expect((await manager.ask('tags.list', {})).tags.map(({ label }) => label)).toEqual(['Shipping'])
    await manager.ask('conversations.tag', { ids: [shown], tag: tag.name, on: true })
    await manager.ask('conversations.assign', { ids: [shown], to: self })
    const now = await store.call('conversations.get', { id: shown })
    expect([now.assignee?.id, now.tags.map(({ label }) => label)]).toEqual([self, ['Shipping']])
    for (const [name, input] of [
      ['conversations.tag', { ids: [shown, hidden], tag: tag.name, on: true }],
      ['conversations.assign', { ids: [hidden], to: self }],
      ['notes.add', { conversationId: hidden, text: 'x' }],
    ] as const)
      expect(await codeOf(manager.askAnything(name, input)), name).toBe('not-found')
    const untouched = await store.call('conversations.get', { id: hidden })
    expect([untouched.assignee, untouched.tags, untouched.notes]).toEqual([null, [], []])
    expect((await logged(store)).filter((act) => act === 'wrote')).toHaveLength(2)
  })

  test('what the manager tried and could not do does not stand in the log as done', async () => {
    await store.put(inbox, { from: 'Priya <priya@cycle.test>' })
    const [{ id } = { id: 0 }] = await store.list()
    const tag = await store.call('tags.create', { label: 'Shipping' })
    await grant(store, { kind: 'customer-success-manager' })
    const manager = await signIn(store)
    const { self } = await manager.ask('people.list', {})
    const attempts = [
      () => manager.ask('conversations.tag', { ids: [id], tag: tag.name, on: true }),
      () => manager.ask('conversations.assign', { ids: [id], to: self }),
      () => manager.ask('notes.add', { conversationId: id, text: 'a note' }),
    ]
    const gone = 'A'.repeat(tag.name.length)
    expect(await codeOf(manager.ask('conversations.tag', { ids: [id], tag: gone, on: true }))).toBe('not-found')
    store.db.write((tx) =>
      tx.run("CREATE TRIGGER disk_full BEFORE INSERT ON team_events BEGIN SELECT RAISE(ABORT, 'full'); END"),
    )
    for (const attempt of attempts) expect(await codeOf(attempt())).toBe('internal')
    store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
    const untouched = await store.call('conversations.get', { id })
    expect([untouched.assignee, untouched.tags, untouched.notes]).toEqual([null, [], []])
    expect(await logged(store)).not.toContain('wrote')
    for (const attempt of attempts) await attempt()
    expect((await logged(store)).filter((act) => act === 'wrote')).toHaveLength(3)
  })

  test('an attachment is shown when the grant shows its message, after it was written down; no other kind and none of another mailbox', async () => {
    const other = await store.mailbox('secret@acme.test')
    await store.put(inbox, {
      from: 'Priya <priya@cycle.test>',
      files: [
        { name: 'bell.png', type: 'image/png' },
        { name: 'list.txt', type: 'text/plain' },
        { name: 'sheet.pdf', type: 'application/pdf' },
        { name: 'offer.bin', type: 'application/octet-stream' },
      ],
    })
    await store.put(other.folders['INBOX'] ?? 0, {
      from: 'Hidden <hidden@cycle.test>',
      to: ['secret@acme.test'],
      files: [{ name: 'canary.png', type: 'image/png' }],
    })
    let asked = 0
    store.parts = ({ index }) => {
      asked += 1
      return {
        type: '',
        bytes:
          index === 0
            ? new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
            : Buffer.from(index === 3 ? '%PDF-1.7' : 'plain words'),
      }
    }
    const idOf = (name: string): number =>
      store.db.read.get<{ id: number }>('SELECT id FROM attachments WHERE name = ?', name)?.id ?? 0
    await grant(store, { mailboxIds: [1] })
    const session = await signIn(store)
    expect((await session.ask('support.attachment', { id: idOf('bell.png') })).image?.type).toBe('image/png')
    expect((await session.ask('support.attachment', { id: idOf('list.txt') })).text).toBe('plain words')
    expect(await codeOf(session.ask('support.attachment', { id: idOf('sheet.pdf') }))).toBe('not-allowed')
    expect((await session.ask('support.attachment', { id: idOf('offer.bin') })).pdf).toEqual(
      new Uint8Array(Buffer.from('%PDF-1.7')),
    )
    expect(asked).toBe(4)
    expect(await codeOf(session.ask('support.attachment', { id: idOf('canary.png') }))).toBe('not-found')
    expect((await logged(store)).filter((act) => act === 'look-attachment')).toHaveLength(4)
    store.db.write((tx) =>
      tx.run(
        "CREATE TRIGGER full BEFORE INSERT ON access_log WHEN NEW.act LIKE 'look-%' BEGIN SELECT RAISE(ABORT, 'full'); END",
      ),
    )
    expect(await codeOf(session.ask('support.attachment', { id: idOf('bell.png') }))).not.toBe('none')
    expect(asked).toBe(4)
    await grant(store, { scope: 'metadata' })
    expect(await codeOf((await signIn(store)).ask('support.attachment', { id: idOf('bell.png') }))).toBe('not-allowed')
  })
})

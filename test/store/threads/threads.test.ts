import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, Harness, start, type Sent } from '../helpers'

let store: Harness
let inbox: number
let sentFolder: number
beforeAll(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  inbox = made.folders['INBOX'] ?? 0
  sentFolder = made.folders['Sent'] ?? 0
})
afterAll(() => store.stop())

let run = 0
/** Ids of their own for each test. */
const fresh = (): string => `r${run++}-`
const team = 'support@acme.test'

/** Who is with whom: names of messages, by conversation. */
function partition(ids: readonly string[]): string {
  const rows = ids.map((id) => ({
    id,
    conversation:
      store.db.read.get<{ conversation_id: number }>('SELECT conversation_id FROM messages WHERE message_id = ?', id)
        ?.conversation_id ?? 0,
  }))
  return [...Map.groupBy(rows, ({ conversation }) => conversation).values()]
    .map((group) =>
      group
        .map(({ id }) => id.replace(/^r\d+-/, ''))
        .toSorted()
        .join(' '),
    )
    .toSorted()
    .join(' | ')
}
const rowOf = (id: string): { id: number; conversation_id: number } =>
  store.db.read.get<{ id: number; conversation_id: number }>(
    'SELECT id, conversation_id FROM messages WHERE message_id = ?',
    id,
  ) ?? { id: 0, conversation_id: 0 }
const conversationOf = (id: string): number => rowOf(id).conversation_id
const put = (sent: Sent & { id: string }): Promise<number> => store.put(sent.from === team ? sentFolder : inbox, sent)

describe('different customers never share a conversation', () => {
  const letters = (r: string): (Sent & { id: string })[] => [
    { id: `${r}N`, from: team, to: [team], date: start, subject: 'News' },
    { id: `${r}a`, from: 'a@x.test', references: [`${r}N`], date: start + 1000 },
    { id: `${r}b`, from: 'b@y.test', references: [`${r}N`], date: start + 2000 },
    { id: `${r}a2`, from: 'a@x.test', references: [`${r}N`], date: start + 3000 },
    { id: `${r}ra`, from: team, to: ['a@x.test'], references: [`${r}N`, `${r}a`], date: start + 4000 },
    { id: `${r}rb`, from: team, to: ['b@y.test'], references: [`${r}N`, `${r}b`], date: start + 5000 },
  ]

  test('answers to a blind newsletter of ours, in any order', async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
    await fc.assert(
      fc.asyncProperty(order, async (indexes) => {
        const all = letters(fresh())
        for (const index of indexes) await put(all[index] ?? all[0]!)
        expect(partition(all.map(({ id }) => id))).toBe('N | a a2 ra | b rb')
      }),
      { numRuns: 15 },
    )
  })

  test('answers to a newsletter that never was in this mailbox', async () => {
    const r = fresh()
    for (const one of letters(r).slice(1)) await put(one)
    expect(
      partition(
        letters(r)
          .slice(1)
          .map(({ id }) => id),
      ),
    ).toBe('a a2 ra | b rb')
  })

  test('answers to a newsletter that never was in this mailbox, sent to an address of the company that is no mailbox here', async () => {
    const r = fresh()
    const to = ['news@acme.test']
    await put({ id: `${r}a`, from: 'a@x.test', to, references: [`${r}N`], date: start })
    await put({ id: `${r}b`, from: 'b@y.test', to, references: [`${r}N`], date: start + 1000 })
    await put({ id: `${r}ra`, from: team, to: ['a@x.test'], cc: to, references: [`${r}N`], date: start + 2000 })
    await put({ id: `${r}rb`, from: team, to: ['b@y.test'], cc: to, references: [`${r}N`], date: start + 3000 })
    await put({ id: `${r}na`, from: 'news@acme.test', to: ['a@x.test'], references: [`${r}N`], date: start + 4000 })
    expect(partition(['a', 'b', 'ra', 'rb', 'na'].map((name) => r + name))).toBe('a na ra | b rb')
  })

  test('a letter to a list, marked as one, and its answers', async () => {
    const r = fresh()
    await put({ id: `${r}N`, from: 'news@acme-mail.test', auto: 'newsletter' })
    await put({ id: `${r}a`, from: 'a@x.test', references: [`${r}N`] })
    await put({ id: `${r}b`, from: 'b@y.test', references: [`${r}N`] })
    await put({ id: `${r}o`, from: team, to: ['news@acme-mail.test'], references: [`${r}N`] })
    expect(partition(['N', 'a', 'b', 'o'].map((name) => r + name))).toBe('N o | a | b')
  })

  test('but a colleague who answers our mail, or sees it, is in it', async () => {
    const r = fresh()
    await put({ id: `${r}a`, from: 'a@x.test' })
    await put({ id: `${r}o`, from: team, to: ['a@x.test'], references: [`${r}a`] })
    await put({ id: `${r}b`, from: 'b@x.test', references: [`${r}o`] })
    await put({ id: `${r}g1`, from: 'c@x.test', cc: ['d@x.test'], references: [`${r}ghost`] })
    await put({ id: `${r}g2`, from: 'd@x.test', references: [`${r}ghost`] })
    expect(partition(['a', 'o', 'b', 'g1', 'g2'].map((name) => r + name))).toBe('a b o | g1 g2')
  })
})

describe('the order of arrival does not decide (R27)', () => {
  const person = fc.constantFrom('a@x.test', 'b@y.test', 'c@z.test', team)
  const name = fc.integer({ min: 0, max: 7 })
  const mail = fc.record({
    from: person,
    to: person,
    references: fc.array(name, { maxLength: 3 }),
    auto: fc.constantFrom('none' as const, 'none' as const, 'none' as const, 'newsletter' as const),
  })
  const world = fc.array(mail, { minLength: 2, maxLength: 8 }).chain((mails) => {
    const indexes = mails.map((_, index) => index)
    return fc.tuple(
      fc.constant(mails),
      fc.shuffledSubarray(indexes, { minLength: mails.length }),
      fc.shuffledSubarray(indexes, { minLength: mails.length }),
    )
  })

  test('of any mails', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(world, async ([mails, one, other]) => {
        const results: string[] = []
        for (const order of [one, other]) {
          const r = fresh()
          for (const index of order) {
            const it = mails[index]
            if (it)
              await put({
                id: `${r}m${index}`,
                from: it.from,
                to: [it.to],
                auto: it.auto,
                references: it.references.filter((n) => n !== index).map((n) => `${r}m${n}`),
                date: start + index * 1000,
                text: `letter ${index}`,
              })
          }
          results.push(partition(mails.map((_, index) => `${r}m${index}`)))
        }
        expect(results[0]).toBe(results[1])
      }),
      { numRuns: 50 },
    )
  })

  /** A thread 0..5, each answering an earlier one, with references that mail programs may have shortened. */
  const shape = fc.tuple(
    fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
    fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
  )
  const chainOf = (parents: readonly number[], short: readonly boolean[], index: number): number[] => {
    const chain: number[] = []
    for (let at = index; at > 0;) {
      at = (parents[at - 1] ?? 0) % at
      chain.unshift(at)
    }
    return short[index - 1] === true && chain.length > 2 ? [chain[0] ?? 0, ...chain.slice(-1)] : chain
  }

  test(
    'of answers to a conversation that was split, or of mail that a person kept apart',
    { timeout: 60_000 },
    async () => {
      const later = fc.shuffledSubarray([5, 6, 7, 8, 9], { minLength: 5 })
      await fc.assert(
        fc.asyncProperty(
          shape,
          fc.integer({ min: 1, max: 4 }),
          fc.constantFrom('from' as const, 'one' as const),
          later,
          later,
          async ([parents, short], at, which, one, other) => {
            const results: string[] = []
            for (const order of [one, other]) {
              const r = fresh()
              const arrive = async (index: number): Promise<unknown> =>
                put({
                  id: `${r}m${index}`,
                  from: 'a@x.test',
                  references: chainOf(parents, short, index).map((n) => `${r}m${n}`),
                  date: start + index * 1000,
                  text: `letter ${index}`,
                })
              for (const index of [0, 1, 2, 3, 4]) await arrive(index)
              await store.call('threads.split', { messageId: rowOf(`${r}m${at}`).id, which })
              for (const index of order) await arrive(index)
              results.push(partition(Array.from({ length: 10 }, (_, index) => `${r}m${index}`)))
              // What was taken apart is apart whatever came since, and an answer is where the mail is that it answers.
              expect(conversationOf(`${r}m${at}`)).not.toBe(conversationOf(`${r}m0`))
              for (const index of order) {
                const nearest = chainOf(parents, short, index).at(-1) ?? 0
                expect(conversationOf(`${r}m${index}`)).toBe(conversationOf(`${r}m${nearest}`))
              }
            }
            expect(results[0]).toBe(results[1])
          },
        ),
        { numRuns: 20 },
      )
    },
  )
})

describe('a split stays', () => {
  const thread = async (r: string): Promise<void> => {
    await put({ id: `${r}1`, from: 'a@x.test', subject: 'Bell', date: start })
    await put({
      id: `${r}2`,
      from: team,
      to: ['a@x.test'],
      references: [`${r}1`],
      subject: 'Re: Bell',
      date: start + 1000,
    })
    await put({ id: `${r}3`, from: 'a@x.test', references: [`${r}1`, `${r}2`], subject: 'Invoice', date: start + 2000 })
    await put({
      id: `${r}4`,
      from: team,
      to: ['a@x.test'],
      references: [`${r}1`, `${r}2`, `${r}3`],
      subject: 'Re: Invoice',
      date: start + 3000,
    })
  }
  const all = (r: string, n = 4): string => partition(Array.from({ length: n }, (_, index) => `${r}${index + 1}`))

  test('through later answers to either side, also when their references are shortened', async () => {
    const r = fresh()
    await thread(r)
    const { conversationId } = await store.call('threads.split', { messageId: rowOf(`${r}3`).id, which: 'from' })
    expect(all(r)).toBe('1 2 | 3 4')
    await put({ id: `${r}5`, from: 'a@x.test', references: [`${r}1`, `${r}4`], date: start + 4000 })
    await put({ id: `${r}6`, from: 'a@x.test', references: [`${r}1`, `${r}2`], date: start + 5000 })
    expect(all(r, 6)).toBe('1 2 6 | 3 4 5')
    const one = await store.call('conversations.get', { id: conversationId })
    expect(one.subject).toBe('Invoice')
    expect(one.history.map(({ kind, by }) => [kind, by])).toEqual([['split-from', 'Ada']])
    expect(one.customerId).not.toBeNull()
    const old = await store.call('conversations.get', { id: conversationOf(`${r}1`) })
    expect(old.history.find(({ kind }) => kind === 'split-off')?.act?.otherSubject).toBe('Invoice')
  })

  test('one message alone leaves its answers where they were', async () => {
    const r = fresh()
    await thread(r)
    await store.call('threads.split', { messageId: rowOf(`${r}3`).id, which: 'one' })
    expect(all(r)).toBe('1 2 4 | 3')
  })

  test('is taken back whole, with what came since; twice is refused', async () => {
    const r = fresh()
    await thread(r)
    const home = conversationOf(`${r}1`)
    const { undo, conversationId } = await store.call('threads.split', { messageId: rowOf(`${r}3`).id, which: 'from' })
    await put({ id: `${r}5`, from: 'a@x.test', references: [`${r}1`, `${r}4`], date: start + 4000 })
    await store.call('acts.undo', { undo })
    expect(all(r, 5)).toBe('1 2 3 4 5')
    expect((await store.call('conversations.get', { id: conversationId })).id).toBe(home)
    expect((await store.call('conversations.get', { id: home })).history).toEqual([])
    await put({ id: `${r}6`, from: 'a@x.test', references: [`${r}5`], date: start + 5000 })
    expect(all(r, 6)).toBe('1 2 3 4 5 6')
    const act = store.db.read.get<{ id: number }>('SELECT max(id) AS id FROM thread_acts')?.id ?? 0
    expect(await codeOf(store.call('threads.undo', { actId: act }))).toBe('conflict')
  })

  test('does not leave an empty conversation behind', async () => {
    const r = fresh()
    await thread(r)
    expect(await codeOf(store.call('threads.split', { messageId: rowOf(`${r}1`).id, which: 'from' }))).toBe('conflict')
    expect(await codeOf(store.call('threads.split', { messageId: 999_999_999, which: 'from' }))).toBe('not-found')
    expect(all(r)).toBe('1 2 3 4')
  })

  test('is offered for a new subject, until somebody has decided', async () => {
    const r = fresh()
    await thread(r)
    const get = async (): Promise<boolean[]> =>
      (await store.call('conversations.get', { id: conversationOf(`${r}1`) })).messages.map(
        ({ newSubject }) => newSubject,
      )
    expect(await get()).toEqual([false, false, true, false])
    const { undo } = await store.call('threads.keep', { messageId: rowOf(`${r}3`).id })
    expect(await get()).toEqual([false, false, false, false])
    await store.call('acts.undo', { undo })
    expect(await get()).toEqual([false, false, true, false])
  })

  test('a reply that was being written goes with the message that it answers', async () => {
    const r = fresh()
    await thread(r)
    const draft = await store.call('drafts.start', {
      kind: 'reply',
      conversationId: conversationOf(`${r}3`),
      messageId: rowOf(`${r}3`).id,
    })
    const { conversationId } = await store.call('threads.split', { messageId: rowOf(`${r}3`).id, which: 'from' })
    expect((await store.call('conversations.get', { id: conversationId })).draft?.id).toBe(draft.id)
    expect((await store.call('conversations.get', { id: conversationOf(`${r}1`) })).draft).toBeNull()
  })
})

describe('a merge stays', () => {
  test('through later answers to either, and is taken back with what came since', async () => {
    const r = fresh()
    await put({ id: `${r}1`, from: 'a@x.test', subject: 'Bell', date: start })
    await put({ id: `${r}2`, from: 'b@y.test', subject: 'Door', date: start + 1000 })
    const [one, two] = [conversationOf(`${r}1`), conversationOf(`${r}2`)]
    await store.call('conversations.setStatus', { ids: [two], status: 'closed' })
    const { undo, conversationId } = await store.call('threads.merge', { ids: [two, one], into: null })
    expect(conversationId).toBe(one)
    await put({ id: `${r}3`, from: 'b@y.test', references: [`${r}2`], date: start + 2000 })
    await put({ id: `${r}4`, from: 'a@x.test', references: [`${r}1`], date: start + 3000 })
    const names = [1, 2, 3, 4].map((n) => `${r}${n}`)
    expect(partition(names)).toBe('1 2 3 4')
    const merged = await store.call('conversations.get', { id: two })
    expect(merged.id).toBe(one)
    expect(merged.history.find(({ kind }) => kind === 'merged')).toMatchObject({
      by: 'Ada',
      act: { otherSubject: 'Door' },
    })
    await store.call('acts.undo', { undo })
    expect(partition(names)).toBe('1 4 | 2 3')
    const again = await store.call('conversations.get', { id: two })
    expect([again.id, again.subject, again.status]).toEqual([two, 'Door', 'closed'])
    expect(again.history.map(({ kind }) => kind)).toEqual(['closed'])
    await put({ id: `${r}5`, from: 'b@y.test', references: [`${r}2`, `${r}3`], date: start + 4000 })
    await put({ id: `${r}6`, from: 'a@x.test', references: [`${r}4`], date: start + 5000 })
    expect(partition([...names, `${r}5`, `${r}6`])).toBe('1 4 6 | 2 3 5')
  })

  test('of the part that was split off with another conversation brings no third one along', async () => {
    const r = fresh()
    await put({ id: `${r}1`, from: 'a@x.test', date: start })
    await put({ id: `${r}2`, from: 'a@x.test', references: [`${r}1`], date: start + 1000 })
    await put({ id: `${r}3`, from: 'a@x.test', date: start + 2000 })
    await store.call('threads.split', { messageId: rowOf(`${r}2`).id, which: 'one' })
    await store.call('threads.merge', { ids: [conversationOf(`${r}2`)], into: conversationOf(`${r}3`) })
    await put({ id: `${r}4`, from: 'a@x.test', references: [`${r}1`], date: start + 3000 })
    await put({ id: `${r}5`, from: 'a@x.test', references: [`${r}1`, `${r}2`], date: start + 4000 })
    expect(partition([1, 2, 3, 4, 5].map((n) => `${r}${n}`))).toBe('1 4 | 2 3 5')
  })

  test('counts every conversation once', async () => {
    const r = fresh()
    const before = (await store.call('counts.get', {})).views.inbox
    for (const n of [1, 2, 3]) await put({ id: `${r}${n}`, from: `p${n}@x.test`, date: start + n })
    const { undo } = await store.call('threads.merge', {
      ids: [1, 2, 3].map((n) => conversationOf(`${r}${n}`)),
      into: null,
    })
    expect((await store.call('counts.get', {})).views.inbox).toBe(before + 1)
    await store.call('acts.undo', { undo })
    expect((await store.call('counts.get', {})).views.inbox).toBe(before + 3)
    expect(
      await codeOf(store.call('threads.merge', { ids: [conversationOf(`${r}1`)], into: conversationOf(`${r}1`) })),
    ).toBe('conflict')
  })

  test('that is taken back leaves neither conversation out of the lists and counts of its mailbox', async () => {
    const r = fresh()
    const other = await store.mailbox('undo@acme.test')
    await put({ id: `${r}1`, from: 'a@x.test', date: start })
    await put({ id: `${r}2`, from: 'b@y.test', date: start + 1000 })
    await store.put(other.folders['INBOX'] ?? 0, { id: `${r}3`, from: 'c@z.test', date: start + 2000 })
    const ids = [1, 2, 3].map((n) => conversationOf(`${r}${n}`))
    const listed = async (mailboxId: number) => {
      const list = { view: 'inbox' as const, mailboxId, offset: 0, limit: 200 }
      return (await store.call('conversations.list', list)).rows.map(({ id }) => id).filter((id) => ids.includes(id))
    }
    const counts = async () => (await store.call('counts.get', {})).mailboxes.map(({ open }) => open)
    const mailboxId = store.db.read.get<{ mailbox_id: number }>('SELECT mailbox_id FROM folders WHERE id = ?', inbox)
    const stood = async () => [await listed(mailboxId?.mailbox_id ?? 0), await listed(other.id), await counts()]
    const before = await stood()
    const { undo } = await store.call('threads.merge', { ids, into: null })
    await store.call('acts.undo', { undo })
    expect(await stood()).toEqual(before)
  })

  test('outlives the end of the program', async () => {
    const r = fresh()
    await put({ id: `${r}1`, from: 'a@x.test', date: start })
    await put({ id: `${r}2`, from: 'b@y.test', date: start + 1000 })
    await store.call('threads.merge', { ids: [conversationOf(`${r}2`)], into: conversationOf(`${r}1`) })
    await store.restart()
    await put({ id: `${r}3`, from: 'b@y.test', references: [`${r}2`], date: start + 2000 })
    expect(partition([1, 2, 3].map((n) => `${r}${n}`))).toBe('1 2 3')
    const line = (await store.call('conversations.get', { id: conversationOf(`${r}1`) })).history.find(
      ({ kind }) => kind === 'merged',
    )
    await store.call('threads.undo', { actId: line?.act?.id ?? 0 })
    expect(partition([1, 2, 3].map((n) => `${r}${n}`))).toBe('1 | 2 3')
  })
})

describe('why a message is here', () => {
  const why = (id: string): Promise<unknown> => store.call('threads.why', { messageId: rowOf(id).id })

  test('names the header or the person', async () => {
    const r = fresh()
    await put({ id: `${r}1`, from: 'Ann <a@x.test>', date: start })
    await put({
      id: `${r}2`,
      from: team,
      to: ['a@x.test'],
      references: [`${r}1`],
      inReplyTo: [`${r}1`],
      date: start + 1000,
    })
    await put({ id: `${r}3`, from: 'a@x.test', references: [`${r}1`, `${r}2`], date: start + 2000 })
    await put({ id: `${r}4`, from: 'a@x.test', references: [`${r}1`, `${r}gone`], date: start + 3000 })
    expect(await why(`${r}1`)).toEqual({ kind: 'first' })
    expect(await why(`${r}2`)).toMatchObject({ kind: 'header', header: 'In-Reply-To', message: { name: 'Ann' } })
    expect(await why(`${r}3`)).toMatchObject({
      kind: 'header',
      header: 'References',
      message: { id: rowOf(`${r}2`).id },
    })
    await store.call('threads.split', { messageId: rowOf(`${r}4`).id, which: 'one' })
    expect(await why(`${r}4`)).toMatchObject({
      kind: 'person',
      act: 'split',
      by: 'Ada',
      otherId: conversationOf(`${r}1`),
    })
    expect(await why(`${r}3`)).toMatchObject({ kind: 'header' })
  })

  test('tells of a third message that is not here', async () => {
    const r = fresh()
    await put({ id: `${r}1`, from: 'a@x.test', references: [`${r}gone`], date: start })
    await put({ id: `${r}2`, from: 'a@x.test', references: [`${r}gone`], date: start + 1000 })
    expect(await why(`${r}2`)).toMatchObject({
      kind: 'shared',
      header: 'References',
      message: { id: rowOf(`${r}1`).id },
    })
  })
})

test('one mail to two addresses of the team is one message in both mailboxes', async () => {
  const r = fresh()
  const sales = await store.mailbox('sales@acme.test')
  const letter = { id: `${r}1`, from: 'a@x.test', to: [team, 'sales@acme.test'], text: 'To both', date: start + day }
  await put(letter)
  await store.put(sales.folders['INBOX'] ?? 0, {
    ...letter,
    raw: `Received: by other\r\nFrom: a@x.test\r\n\r\nTo both`,
  })
  const found = await store.call('conversations.get', { id: conversationOf(`${r}1`) })
  expect(found.messages).toHaveLength(1)
  expect(found.mailboxIds).toHaveLength(2)
  for (const mailboxId of found.mailboxIds)
    expect((await store.list('inbox', mailboxId)).map(({ id }) => id)).toContain(found.id)
})
const day = 86_400_000

test('words of a draft that was discarded come back by undo, also when mail made its conversation one with another meanwhile', async () => {
  for (const which of [0, 1]) {
    const r = fresh()
    const two = [`${r}a`, `${r}b`]
    for (const [n, id] of two.entries()) await put({ id, from: 'h@x.test', subject: `Bell ${n}`, date: start + n })
    const draft = await store.call('drafts.start', {
      kind: 'reply',
      conversationId: conversationOf(two[which] ?? ''),
      messageId: null,
    })
    await store.call('drafts.save', { ...draft, text: 'Half an answer', html: '<p>Half an answer</p>' })
    const { undo } = await store.call('drafts.discard', { id: draft.id })
    await put({ id: `${r}c`, from: 'h@x.test', references: two, date: start + 5 })
    await store.call('acts.undo', { undo })
    const { draft: back } = await store.call('conversations.get', { id: conversationOf(`${r}a`) })
    expect([which, back?.text]).toEqual([which, 'Half an answer'])
  }
})

test('a merge of several that fails midway leaves all of them apart', async () => {
  const at = fresh()
  for (const name of ['a', 'b', 'c'])
    await store.put(inbox, { from: `${name}@x.test`, id: `${at}${name}`, subject: `Merge ${name}` })
  const [a, b, c] = ['a', 'b', 'c'].map((name) => rowOf(`${at}${name}`).conversation_id)
  store.db.write((tx) =>
    tx.run(
      `CREATE TRIGGER disk_full BEFORE UPDATE ON conversations WHEN old.id = ${c} BEGIN SELECT RAISE(ABORT, 'full'); END`,
    ),
  )
  const ids = [a ?? 0, b ?? 0, c ?? 0]
  expect(await codeOf(store.call('threads.merge', { ids, into: a ?? 0 }))).not.toBe('none')
  store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
  expect(partition(['a', 'b', 'c'].map((name) => `${at}${name}`))).toBe('a | b | c')
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Condition } from '../../../src-preload/contract/views'
import { filterOf } from '../../../src-main/store/conversations/views'
import type { Reader } from '../../../src-main/store/file/database'
import { codeOf, Harness } from '../helpers'

let store: Harness
let inbox: number
beforeEach(async () => {
  store = await Harness.make()
  inbox = (await store.mailbox()).folders['INBOX'] ?? 0
})
afterEach(() => store.stop())

const hour = 3_600_000
/** Subjects that a view with these conditions shows, by its list; its count and a conversation's place must agree with it. */
async function shows(...conditions: Condition[]): Promise<string[]> {
  const { name } = await store.call('views.save', { name: null, label: 'Test', conditions })
  const { rows, total } = await store.call('conversations.list', { view: 'inbox', saved: name, offset: 0, limit: 100 })
  expect(total).toBe(rows.length)
  expect(await store.call('views.try', { label: 'Test', conditions })).toEqual({ count: rows.length, more: false })
  expect((await store.call('views.counts', {})).counts.find((one) => one.name === name)?.count).toBe(rows.length)
  for (const [index, { id }] of rows.entries())
    expect((await store.call('conversations.position', { view: 'inbox', saved: name, id })).position).toBe(index)
  await store.call('views.remove', { name })
  return rows.map(({ subject }) => subject)
}
const idOf = async (subject: string): Promise<number> =>
  (await store.list()).find((one) => one.subject === subject)?.id ?? 0

async function mails(): Promise<void> {
  const now = Date.now()
  await store.put(inbox, {
    from: 'Hannah Oduya <hannah@bigcorp.test>',
    subject: 'Old',
    text: 'a purple saddle',
    date: now - 9 * hour,
  })
  await store.put(
    inbox,
    { from: 'Bo <bo@x.test>', subject: 'Middle', text: 'a green saddle', date: now - 5 * hour },
    { seen: true },
  )
  await store.put(inbox, { from: 'Cy <cy@x.test>', subject: 'New', text: 'nothing', date: now - hour })
}

describe('what a view shows', () => {
  test('each condition holds back what does not fit it and nothing else', async () => {
    await mails()
    const { self } = await store.call('people.list', {})
    const tag = await store.call('tags.create', { label: 'Warranty' })
    await store.call('conversations.assign', { ids: [await idOf('Old')], to: self })
    await store.call('conversations.tag', { ids: [await idOf('New')], tag: tag.name, on: true })
    await expect.poll(() => store.service.open.index.waiting).toBe(0)
    expect(await shows()).toEqual(['New', 'Middle', 'Old'])
    expect(await shows({ on: 'unread' })).toEqual(['New', 'Old'])
    expect(await shows({ on: 'assignee', any: ['me'] })).toEqual(['Old'])
    expect(await shows({ on: 'assignee', any: ['nobody'] })).toEqual(['New', 'Middle'])
    expect(await shows({ on: 'assignee', any: ['nobody', self] })).toEqual(['New', 'Middle', 'Old'])
    expect(await shows({ on: 'tag', any: [tag.name], not: false })).toEqual(['New'])
    expect(await shows({ on: 'tag', any: [tag.name], not: true })).toEqual(['Middle', 'Old'])
    expect(await shows({ on: 'customer', text: '@BigCorp' })).toEqual(['Old'])
    expect(await shows({ on: 'customer', text: 'oduya' })).toEqual(['Old'])
    expect(await shows({ on: 'customer', text: '100%' })).toEqual([])
    expect(await shows({ on: 'customer', text: 'x.test' })).toEqual(['New', 'Middle'])
    // By the name that a person gave them too, and whatever a person types.
    const { customerId } = await store.call('conversations.get', { id: await idOf('New') })
    await store.call('customers.update', { id: customerId ?? 0, name: 'Änne 50%_off' })
    expect(await shows({ on: 'customer', text: 'nne 50%_' })).toEqual(['New'])
    expect(await shows({ on: 'customer', text: 'nne 505' })).toEqual([])
    expect(await shows({ on: 'waiting', hours: 4 })).toEqual(['Middle', 'Old'])
    expect(await shows({ on: 'text', text: 'saddle' })).toEqual(['Middle', 'Old'])
    expect(await shows({ on: 'text', text: 'saddle' }, { on: 'unread' })).toEqual(['Old'])
    // As the search does: words in quotes side by side, and no short word at the end passed over.
    expect(await shows({ on: 'text', text: '"green saddle"' })).toEqual(['Middle'])
    expect(await shows({ on: 'text', text: '"saddle green"' })).toEqual([])
    expect(await shows({ on: 'text', text: 'saddle pu' })).toEqual(['Old'])
    expect(await shows({ on: 'mailbox', any: ['support@acme.test'] })).toEqual(['New', 'Middle', 'Old'])
    expect(await shows({ on: 'mailbox', any: ['other@acme.test'] })).toEqual([])
  })

  test('no search for a customer reads the rows of all of them', () => {
    const { read } = store.db
    const plans: string[] = []
    const watched: Reader = {
      ...read,
      all: (sql, ...params) => {
        plans.push(...read.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params).map(({ detail }) => detail))
        return read.all(sql, ...params)
      },
    }
    filterOf(watched, null, [{ on: 'customer', text: 'somebody' }], 'me', 0)
    const ofAddresses = plans.filter((plan) => /customer_addresses| a /.test(plan))
    expect(ofAddresses).toHaveLength(2)
    for (const plan of ofAddresses) expect(plan).toMatch(/COVERING INDEX|USING PRIMARY KEY/)
    expect(plans.filter((plan) => / c( |$)/.test(plan))).toEqual(['SCAN c USING COVERING INDEX customers_named'])
  })

  test('a text that thousands of customers bear holds back those that do not bear it and nobody else', async () => {
    await mails()
    const { customerId } = await store.call('conversations.get', { id: await idOf('Old') })
    store.service.open.workspace.db.write((tx) => {
      const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2001)'
      tx.run(`INSERT INTO customers(id, name, first_auto_at, last_at) ${many} SELECT 100000 + i, 'Crowd', 1, 1 FROM n`)
      tx.run(
        `INSERT INTO customer_addresses(address_key, address, name, name_key, customer_id, last_at)
         ${many} SELECT i || '@x.test', i || '@x.test', 'Crowd', 'crowd', 100000 + i, 1 FROM n`,
      )
    })
    expect(await shows({ on: 'customer', text: 'X.test' })).toEqual(['New', 'Middle'])
    expect(await shows({ on: 'customer', text: 'crowd' })).toEqual([])
    await store.call('customers.update', { id: customerId ?? 0, name: 'Hannah of x.test' })
    expect(await shows({ on: 'customer', text: 'x.test' })).toEqual(['New', 'Middle', 'Old'])
  })

  test('closed ones are shown when asked for, spam and snoozed ones never by chance', async () => {
    await mails()
    await store.call('conversations.setStatus', { ids: [await idOf('Old')], status: 'closed' })
    await store.call('conversations.setStatus', { ids: [await idOf('Middle')], status: 'spam' })
    await store.call('conversations.snooze', { ids: [await idOf('New')], until: Date.now() + hour })
    expect(await shows()).toEqual(['Old'])
    expect(await shows({ on: 'status', any: ['open', 'pending'] })).toEqual([])
    expect(await shows({ on: 'status', any: ['spam'] })).toEqual(['Middle'])
    expect(await shows({ on: 'snoozed' })).toEqual(['New'])
  })

  test('fields are compared as what they are: a number never as text', async () => {
    await mails()
    const orders = await store.call('fields.save', { name: null, label: 'Orders', kind: 'number' })
    const due = await store.call('fields.save', { name: null, label: 'Due', kind: 'date' })
    await store.call('conversations.setField', { ids: [await idOf('Old')], field: orders.name, value: 9 })
    await store.call('conversations.setField', { ids: [await idOf('New')], field: orders.name, value: 10 })
    await store.call('conversations.setField', { ids: [await idOf('New')], field: due.name, value: '2026-10-05' })
    expect(await shows({ on: 'field', field: orders.name, is: 'above', value: 9 })).toEqual(['New'])
    expect(await shows({ on: 'field', field: orders.name, is: 'below', value: 10 })).toEqual(['Old'])
    expect(await shows({ on: 'field', field: orders.name, is: 'above', value: '1' })).toEqual([])
    expect(await shows({ on: 'field', field: due.name, is: 'below', value: '2026-10-06' })).toEqual(['New'])
    expect(await shows({ on: 'field', field: due.name, is: 'empty', value: null })).toEqual(['Middle', 'Old'])
  })
})

test('a deleted view comes back by undo, and one that is gone is told instead of showing everything', async () => {
  await mails()
  const { name } = await store.call('views.save', { name: null, label: 'Late', conditions: [{ on: 'unread' }] })
  await store.call('views.save', { name, label: 'Very late', conditions: [{ on: 'unread' }] })
  const { undo } = await store.call('views.remove', { name })
  expect((await store.call('views.list', {})).views).toEqual([])
  expect(await codeOf(store.call('conversations.list', { view: 'inbox', saved: name, offset: 0, limit: 10 }))).toBe(
    'not-found',
  )
  await store.call('acts.undo', { undo })
  expect((await store.call('views.list', {})).views).toMatchObject([{ label: 'Very late', mine: true, own: false }])
})

test('a field takes no value that it cannot hold, no second one its name, and a removed one gives its values back', async () => {
  await mails()
  const { name } = await store.call('fields.save', {
    name: null,
    label: 'Reason',
    kind: 'choice',
    choices: ['Broken', 'Late'],
  })
  expect(await codeOf(store.call('fields.save', { name: null, label: 'reason', kind: 'text' }))).toBe('conflict')
  expect(await codeOf(store.call('fields.save', { name: null, label: 'Empty', kind: 'choice' }))).toBe('invalid-input')
  const old = await idOf('Old')
  for (const value of ['Other', 3])
    expect(await codeOf(store.call('conversations.setField', { ids: [old], field: name, value }))).toBe('invalid-input')
  const { undo } = await store.call('conversations.setField', { ids: [old], field: name, value: 'Late' })
  expect((await store.call('conversations.get', { id: old })).history).toMatchObject([
    { kind: 'field-set', detail: 'Reason: Late' },
  ])
  const removed = await store.call('fields.remove', { name })
  expect((await store.call('fields.list', {})).fields).toEqual([])
  await store.call('acts.undo', { undo: removed.undo })
  expect((await store.call('conversations.get', { id: old })).fields).toEqual([{ name, value: 'Late' }])
  await store.call('acts.undo', { undo })
  expect(await store.call('conversations.get', { id: old })).toMatchObject({
    fields: [],
    history: [{ takenBack: true }],
  })
})

test('following and mentions are shown, counted until they were looked at, and go with the note that made them', async () => {
  await mails()
  await store.call('settings.set', { agentName: 'Ada' })
  const old = await idOf('Old')
  const view = async (name: 'mentions' | 'followed') =>
    (await store.call('conversations.list', { view: name, offset: 0, limit: 10 })).rows.map(({ subject }) => subject)
  const counts = async () => (await store.call('counts.get', {})).views
  const { undo } = await store.call('conversations.follow', { ids: [old], on: true })
  expect(await view('followed')).toEqual(['Old'])
  expect(await shows({ on: 'followed' })).toEqual(['Old'])
  await store.call('acts.undo', { undo })
  expect(await view('followed')).toEqual([])
  const { noteId } = await store.call('notes.add', { conversationId: old, text: 'See this, @Ada' })
  expect(await view('mentions')).toEqual(['Old'])
  expect(await counts()).toMatchObject({ mentions: 1 })
  await store.call('mentions.seen', { id: old })
  expect(await counts()).toMatchObject({ mentions: 0 })
  expect(await view('mentions')).toEqual(['Old'])
  await store.call('notes.remove', { noteId })
  expect(await view('mentions')).toEqual([])
})

test('fields, followers and their lists go along when conversations become one', async () => {
  await mails()
  const [a, b] = [await idOf('Old'), await idOf('New')]
  const { name } = await store.call('fields.save', { name: null, label: 'Order', kind: 'text' })
  await store.call('conversations.setField', { ids: [b], field: name, value: 'NW-1' })
  await store.call('conversations.follow', { ids: [b], on: true })
  const { undo, conversationId } = await store.call('threads.merge', { ids: [a, b], into: a })
  expect(await store.call('conversations.get', { id: conversationId })).toMatchObject({
    fields: [{ value: 'NW-1' }],
    followers: [{}],
  })
  await store.call('acts.undo', { undo })
  expect(await store.call('conversations.get', { id: a })).toMatchObject({ fields: [], followers: [] })
  expect(await store.call('conversations.get', { id: b })).toMatchObject({
    fields: [{ value: 'NW-1' }],
    followers: [{}],
  })
})
